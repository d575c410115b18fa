/* SPDX-License-Identifier: MIT */
/* The kinds of memory that a program may hand to the kernel, one spot of each for each use. */
#pragma once

#include <stddef.h>

#include "plan.h"

enum { AREA = 256 };

enum use { FOR_NAME, FOR_LENGTH, FOR_DATA, FOR_MESSAGE, USES };

struct spot {
	void *pointer; /* what the call is given */
	unsigned char
		*view; /* where the same bytes can be read and written, NULL where there are none */
	size_t size;   /* so many */
};

/* Once, before anything else. Starts the thread whose stack OTHER_STACK is. */
void memory_start(void);

/*
 * The spot for this use, filled with a pattern and then with the content as far as there is room.
 * `on_stack` is AREA bytes of the caller's stack.
 */
struct spot memory_at(enum use use, struct where where, unsigned char *on_stack,
		      const void *content, size_t size);
