/* SPDX-License-Identifier: MIT */
/* Says how much memory of its own this process has, and how much of it lies in one library. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Of an entry in /proc/PID/pagemap: the page is there; it is the file's or shared. */
static const uint64_t present = 1ULL << 63, of_file = 1ULL << 61;

struct count {
	const char *library; /* a part of its file's name */
	int pagemap;
	long private_pages;
};

/* Pages that are the process's own: copied on the first write, or never a file's. */
static long private_pages(int pagemap, uintptr_t start, uintptr_t end)
{
	const uintptr_t size = (uintptr_t)sysconf(_SC_PAGESIZE);
	long pages = 0;

	for (uintptr_t at = start / size; at < (end + size - 1) / size; at++) {
		uint64_t entry;
		if (pread(pagemap, &entry, sizeof(entry), (off_t)(at * sizeof(entry))) ==
		    sizeof(entry))
			pages += (entry & present) && !(entry & of_file);
	}
	return pages;
}

static int look(struct dl_phdr_info *info, size_t size, void *data)
{
	struct count *count = data;

	(void)size;
	if (!strstr(info->dlpi_name, count->library))
		return 0;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const uintptr_t start = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
		if (info->dlpi_phdr[i].p_type == PT_LOAD)
			count->private_pages += private_pages(count->pagemap, start,
							      start + info->dlpi_phdr[i].p_memsz);
	}
	return 0;
}

/*
 * Of the whole process, in KiB, from the kernel. Not Private_Dirty: that counts the pages of a file
 * which was written a moment ago, too.
 */
static long anonymous(void)
{
	FILE *file = fopen("/proc/self/smaps_rollup", "re");
	char line[256];
	long kib = -1;

	while (file && kib < 0 && fgets(line, sizeof(line), file))
		sscanf(line, "Anonymous: %ld kB", &kib);
	return kib;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: cost_memory LIBRARY, a part of its file's name\n");
		return 2;
	}
	/* Before anything here asks for memory. */
	const size_t heap = mallinfo2().uordblks;
	struct count count = {argv[1], open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC), 0};
	if (count.pagemap < 0) {
		perror("/proc/self/pagemap");
		return 1;
	}
	dl_iterate_phdr(look, &count);
	printf("library %ld heap %zu process %ld\n",
	       count.private_pages * sysconf(_SC_PAGESIZE) / 1024, heap, anonymous());
	return 0;
}
