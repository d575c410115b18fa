/* SPDX-License-Identifier: MIT */
/* Prints how many KiB of private pages a library has, and how many bytes of the heap are in use.
 *     cost_memory LIBRARY    a part of its file's name */
#define _GNU_SOURCE
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Bits of an entry in /proc/PID/pagemap: the page is present; it belongs to a file or is shared. */
static const uint64_t present = 1ULL << 63, of_file = 1ULL << 61;

static const char *library;
static int pagemap;
static long pages;

/* Pages that belong to the process alone: copied on the first write, or anonymous. */
static void count_private(uintptr_t start, uintptr_t end)
{
	const uintptr_t size = (uintptr_t)sysconf(_SC_PAGESIZE);

	for (uintptr_t at = start / size; at < (end + size - 1) / size; at++) {
		uint64_t entry = 0;
		if (pread(pagemap, &entry, sizeof(entry), (off_t)(at * sizeof(entry))) > 0)
			pages += (entry & present) && !(entry & of_file);
	}
}

static int look(struct dl_phdr_info *info, size_t size, void *data)
{
	(void)size, (void)data;
	for (int i = 0; strstr(info->dlpi_name, library) && i < info->dlpi_phnum; i++) {
		const uintptr_t start = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
		if (info->dlpi_phdr[i].p_type == PT_LOAD)
			count_private(start, start + info->dlpi_phdr[i].p_memsz);
	}
	return 0;
}

int main(int argc, char **argv)
{
	/* Before this program allocates memory itself. */
	const size_t heap = mallinfo2().uordblks;

	library = argc == 2 ? argv[1] : "";
	pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (argc != 2 || pagemap < 0) {
		fprintf(stderr, "usage: cost_memory LIBRARY\n");
		return 2;
	}
	dl_iterate_phdr(look, NULL);
	printf("library %ld heap %zu\n", pages * sysconf(_SC_PAGESIZE) / 1024, heap);
	return 0;
}
