/* SPDX-License-Identifier: MIT */
/* The memory that the supervisor holds while it waits. */
#include "footprint.h"

#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CHUNK_PAGES = 4 };

/*
 * A page fault maps what the page cache has around the page, up to the end of the mapping: so the
 * segment becomes many small mappings, which the advice to read ahead or not tells apart.
 */
static void split(char *from, const char *to, size_t chunk)
{
	bool odd = false;

	for (char *at = from; at < to; at += chunk, odd = !odd)
		madvise(at, chunk, odd ? MADV_RANDOM : MADV_NORMAL);
}

/* Segments that are never written to; size and data are dl_iterate_phdr()'s. */
static int reduce(struct dl_phdr_info *object, size_t size, void *data)
{
	const uintptr_t page = *(const uintptr_t *)data;

	for (int i = 0; i < object->dlpi_phnum && size > 0; i++) {
		const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
		const uintptr_t start = object->dlpi_addr + segment->p_vaddr;
		char *from = (char *)(start & ~(page - 1)); /* NOLINT(performance-no-int-to-ptr) */
		const size_t length = start + segment->p_memsz - (start & ~(page - 1));

		if (segment->p_type != PT_LOAD || segment->p_flags & PF_W)
			continue;
		split(from, from + length, CHUNK_PAGES * page);
		madvise(from, length, MADV_DONTNEED);
	}
	return 0;
}

void footprint_reduce(void)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	dl_iterate_phdr(reduce, &page);
}
