/* SPDX-License-Identifier: MIT */
/* The memory that the supervisor holds while it waits. */
#include "footprint.h"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CHUNK_PAGES = 2 };

/*
 * A page fault maps what the page cache has around the page, up to the end of the mapping: so a
 * segment becomes many small mappings, which the advice to read ahead or not tells apart.
 */
static void unmap(uintptr_t at, uintptr_t end)
{
	const uintptr_t page = (uintptr_t)getpagesize();
	int advice = MADV_NORMAL;

	for (at &= -page; at < end; at += CHUNK_PAGES * page) {
		char *chunk = (char *)at; /* NOLINT(performance-no-int-to-ptr) */
		const size_t left = end - at, most = CHUNK_PAGES * page;
		const size_t length = left < most ? left : most;

		advice = advice == MADV_NORMAL ? MADV_RANDOM : MADV_NORMAL;
		madvise(chunk, length, advice);
		madvise(chunk, length, MADV_DONTNEED);
	}
}

/* For the segments that are never written to. */
static int reduce(struct dl_phdr_info *object, size_t size, void *data)
{
	(void)size;
	(void)data;
	for (int i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
		const uintptr_t start = object->dlpi_addr + segment->p_vaddr;

		if (segment->p_type == PT_LOAD && !(segment->p_flags & PF_W))
			unmap(start, start + segment->p_memsz);
	}
	return 0;
}

void footprint_reduce(void)
{
	dl_iterate_phdr(reduce, NULL);
}
