/* SPDX-License-Identifier: MIT */
/* Bytes to be read a few at a time: those of a file, or of a buffer. */
#include "source.h"

#include <string.h>
#include <unistd.h>

void source_of_file(struct source *source, int fd)
{
	source->fd = fd;
	source->bytes = source->window;
	source->start = 0;
	source->length = 0;
}

void source_of_buffer(struct source *source, const void *bytes, size_t length)
{
	source->fd = -1;
	source->bytes = bytes;
	source->start = 0;
	source->length = length;
}

/* How many of the bytes from `offset` on are at hand. */
static size_t at_hand(const struct source *source, uint64_t offset)
{
	if (offset < source->start || offset - source->start >= source->length)
		return 0;
	return source->length - (size_t)(offset - source->start);
}

/* Not by mmap(): a file that somebody cuts off meanwhile would end this process. */
static void fetch(struct source *source, uint64_t offset)
{
	ssize_t got = -1;
	if (offset <= INT64_MAX - SOURCE_WINDOW)
		got = pread(source->fd, source->window, SOURCE_WINDOW, (off_t)offset);
	source->start = offset;
	source->length = got > 0 ? (size_t)got : 0;
}

size_t source_read_some(struct source *source, uint64_t offset, void *to, size_t size)
{
	if (source->fd >= 0 && at_hand(source, offset) < size)
		fetch(source, offset);
	const size_t there = at_hand(source, offset);
	const size_t count = there < size ? there : size;
	if (count)
		memcpy(to, source->bytes + (offset - source->start), count);
	return count;
}

bool source_read(struct source *source, uint64_t offset, void *to, size_t size)
{
	return source_read_some(source, offset, to, size) == size;
}
