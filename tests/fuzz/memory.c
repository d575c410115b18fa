/* SPDX-License-Identifier: MIT */
/* All kinds of memory that a program may pass to the kernel, one place of each kind for each use.
 */
#include "fuzz.h"

#include <pthread.h>
#include <semaphore.h>
#include <sys/mman.h>

enum { PATTERN = 0xa5 };

/* It stays mapped as long as the process runs. */
static unsigned char *heap[USES], *page_end[USES], *read_only[USES], *read_only_view[USES];
static unsigned char (*other_stack)[AREA];
static unsigned char statics[USES][AREA];
static unsigned char *unmapped, *in_stack, *beyond_file;

static void *stand_by(void *ready)
{
	unsigned char areas[USES][AREA];

	other_stack = areas;
	sem_post(ready);
	for (;;)
		pause();
	return NULL;
}

static unsigned char *pages(size_t size, int protection, int fd)
{
	void *at = mmap(NULL, size, protection, fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED,
			fd, 0);
	must(at == MAP_FAILED ? -1 : 0, "mmap");
	return at;
}

void memory_start(unsigned char *three_pages)
{
	pthread_t thread;
	sem_t ready;

	unmapped = pages(PAGE, PROT_NONE, -1);
	in_stack = three_pages + PAGE - (uintptr_t)three_pages % PAGE;
	must(mprotect(in_stack, PAGE, PROT_NONE), "mprotect");
	beyond_file = pages(PAGE, PROT_READ, memfd_create("empty", MFD_CLOEXEC));
	for (int use = 0; use < USES; use++) {
		heap[use] = malloc(AREA);
		page_end[use] = pages(2 * PAGE, PROT_READ | PROT_WRITE, -1) + PAGE;
		must(mprotect(page_end[use], PAGE, PROT_NONE), "mprotect");
		const int fd = memfd_create("read-only", MFD_CLOEXEC);
		must(ftruncate(fd, PAGE), "ftruncate");
		read_only[use] = pages(PAGE, PROT_READ, fd);
		read_only_view[use] = pages(PAGE, PROT_READ | PROT_WRITE, fd);
		close(fd);
	}
	sem_init(&ready, 0, 0);
	must(-pthread_create(&thread, NULL, stand_by, &ready), "pthread_create");
	sem_wait(&ready);
}

struct spot memory_at(enum use use, struct where where, unsigned char *on_stack,
		      const void *content, size_t size)
{
	struct spot spot = {.size = AREA};

	unsigned char *const views[PLACES] = {
		[ON_STACK] = on_stack,
		[ON_HEAP] = heap[use],
		[STATIC] = statics[use],
		[OTHER_STACK] = other_stack[use],
		[AT_PAGE_END] = page_end[use] - where.have,
		[READ_ONLY] = read_only_view[use],
	};

	if (where.place == NULL_POINTER)
		return (struct spot){NULL, NULL, 0};
	if (where.place >= UNMAPPED) {
		unsigned char *const without_view[] = {unmapped, in_stack, beyond_file};
		return (struct spot){without_view[where.place - UNMAPPED] + PAGE / 2, NULL, 0};
	}
	spot.view = views[where.place];
	if (where.place == AT_PAGE_END)
		spot.size = where.have;
	if (where.place != AT_PAGE_END) {
		spot.view += where.have;
		spot.size -= where.have;
	}
	memset(spot.view, PATTERN, spot.size);
	if (content)
		memcpy(spot.view, content, size < spot.size ? size : spot.size);
	spot.pointer = where.place == READ_ONLY ? read_only[use] + where.have : spot.view;
	return spot;
}
