/* SPDX-License-Identifier: MIT */
/* The memory that the supervisor holds while it waits. */
#include "footprint.h"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CHUNK_PAGES = 4 };

/*
 * A page fault maps what the page cache has around the page, up to the end of the mapping: so a
 * segment becomes many small mappings, which the advice to read ahead or not tells apart.
 */
static int reduce(struct dl_phdr_info *object, size_t size, void *data)
{
	const uintptr_t page = (uintptr_t)getpagesize(), chunk = CHUNK_PAGES * page;

	(void)size;
	(void)data;
	for (int i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
		const uintptr_t start = object->dlpi_addr + segment->p_vaddr;

		if (segment->p_type != PT_LOAD || segment->p_flags & PF_W)
			continue;
		for (uintptr_t at = start & -page; at < start + segment->p_memsz; at += chunk) {
			char *memory = (char *)at; /* NOLINT(performance-no-int-to-ptr) */
			madvise(memory, chunk, at & chunk ? MADV_RANDOM : MADV_NORMAL);
			madvise(memory, chunk, MADV_DONTNEED);
		}
	}
	return 0;
}

void footprint_reduce(void)
{
	dl_iterate_phdr(reduce, NULL);
}
