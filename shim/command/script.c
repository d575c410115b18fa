/* SPDX-License-Identifier: MIT */
/* The first line of a script, read as the kernel does. Pure. */
#include "script.h"

#include <stdbool.h>
#include <string.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Copies from `from` up to `to`, and a NUL: no further than a NUL that is there already. */
static void copy(char *out, const char *from, const char *to)
{
	while (from < to && *from)
		*out++ = *from++;
	*out = '\0';
}

void script_read(struct program *program, const char *head, size_t length)
{
	const char *at = head + 2, *end = memchr(head, '\n', length);
	const bool is_whole = end != NULL || length < PROGRAM_HEAD;

	program->interpreter[0] = program->argument[0] = '\0';
	if (!end)
		end = head + length;
	while (at < end && is_blank(*at))
		at++;
	while (end > at && is_blank(end[-1]))
		end--;
	const char *word_end = at;
	while (word_end < end && *word_end && !is_blank(*word_end))
		word_end++;
	/* The kernel runs no interpreter whose name may go on. */
	if (word_end == end && !is_whole)
		return;
	copy(program->interpreter, at, word_end);
	while (word_end < end && is_blank(*word_end))
		word_end++;
	copy(program->argument, word_end, end);
}
