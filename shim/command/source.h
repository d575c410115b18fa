/* SPDX-License-Identifier: MIT */
/* Bytes to be read a few at a time: those of a file, or of a buffer. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SOURCE_WINDOW = 4096 };

struct source {
	int fd;               /* -1: all there is are the `length` bytes at `bytes` */
	const uint8_t *bytes; /* of the file: what was read last, from `start` on */
	uint64_t start;
	size_t length;
	uint8_t window[SOURCE_WINDOW];
};

void source_of_file(struct source *source, int fd);
void source_of_buffer(struct source *source, const void *bytes, size_t length);

/* Copies `size` bytes from `offset` on, at most SOURCE_WINDOW; false where not all are there. */
bool source_read(struct source *source, uint64_t offset, void *to, size_t size);

/* The same for as many as there are, which it returns. */
size_t source_read_some(struct source *source, uint64_t offset, void *to, size_t size);
