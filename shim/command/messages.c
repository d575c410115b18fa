/* SPDX-License-Identifier: MIT */
/* The texts that noself composes, and its messages on standard error: one line, one write. */
#include "messages.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *must_have(void *memory)
{
	static const char words[] = "noself: memory: there is none left; nothing done\n";
	if (memory)
		return memory;
	(void)!write(STDERR_FILENO, words, sizeof(words) - 1);
	_exit(EXIT_WRONG);
}

void *allocate(size_t size)
{
	return must_have(calloc(1, size));
}

char *format(const char *words, ...)
{
	char *text;
	va_list arguments;

	va_start(arguments, words);
	const int length = vasprintf(&text, words, arguments);
	va_end(arguments);
	return must_have(length < 0 ? NULL : text);
}

size_t words_count(char *const *words)
{
	size_t count = 0;
	while (words[count])
		count++;
	return count;
}

char *message_clean(char *line)
{
	for (char *at = line; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = '?';
	return line;
}

void message_say(const char *subject, const char *reason, const char *remedy)
{
	char *line = message_clean(format("noself: %s: %s; %s", subject, reason, remedy));
	const size_t length = strlen(line);

	line[length] = '\n'; /* replaces the NUL */
	(void)!write(STDERR_FILENO, line, length + 1);
}
