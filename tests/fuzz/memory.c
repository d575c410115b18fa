/* SPDX-License-Identifier: MIT */
/* Memory that a program may pass to the kernel. */
#include "fuzz.h"

#include <sys/mman.h>

enum { PATTERN = 0xa5, PAGE = 4096 };

/* For each a page, an unreadable page after it, and the first page again without write access. */
static unsigned char *writable[MEMORIES], *read_only[MEMORIES];
/* The latest memory: a part of `writable`, or NULL. */
static unsigned char *latest[MEMORIES];

static unsigned char *map(void *at, size_t size, int protection, int flags, int fd)
{
	void *mapped = mmap(at, size, protection, flags, fd, 0);
	must(mapped == MAP_FAILED ? -1 : 0, "mmap");
	return mapped;
}

void memory_start(void)
{
	for (int i = 0; i < MEMORIES; i++) {
		const int fd = must(memfd_create("page", MFD_CLOEXEC), "memfd_create");
		must(ftruncate(fd, PAGE), "ftruncate");
		writable[i] = map(NULL, 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
		map(writable[i], PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd);
		read_only[i] = map(NULL, PAGE, PROT_READ, MAP_SHARED, fd);
		close(fd);
	}
}

/* How many bytes can be read there. */
static size_t room(enum field which)
{
	const size_t left = (size_t)(writable[which] + PAGE - latest[which]);
	return left < AREA ? left : AREA;
}

void *memory_at(enum field which, int where, const void *content, size_t size)
{
	const size_t n = where & 0xff;

	latest[which] = NULL;
	if (where == NULL_POINTER)
		return NULL;
	if (where == UNMAPPED)
		return writable[which] + PAGE + PAGE / 2;
	latest[which] = writable[which] + (where == PAGE_END        ? PAGE - size
					   : (where & ~0xff) == CUT ? PAGE - n
								    : n);
	memset(latest[which], PATTERN, room(which));
	memcpy(latest[which], content, size < room(which) ? size : room(which));
	return (where & ~0xff) == READ_ONLY ? read_only[which] + n : latest[which];
}

void memory_copy(enum field which, unsigned char copy[AREA])
{
	if (latest[which])
		memcpy(copy, latest[which], room(which));
}
