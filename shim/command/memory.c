/* SPDX-License-Identifier: MIT */
/* Memory that is never freed, for this process execs or ends soon; without any left it ends here.
 */
#include "memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "messages.h"

static void *there(void *memory)
{
	static const char words[] = "noself: memory: there is none left; nothing done\n";
	if (memory)
		return memory;
	(void)!write(STDERR_FILENO, words, sizeof(words) - 1);
	_exit(EXIT_WRONG);
}

void *memory_of(size_t count, size_t size)
{
	return there(calloc(count, size));
}

char *memory_copy(const char *string)
{
	return there(strdup(string));
}

char *memory_format(const char *format, ...)
{
	char *text;
	va_list arguments;

	va_start(arguments, format);
	const int length = vasprintf(&text, format, arguments);
	va_end(arguments);
	return there(length < 0 ? NULL : text);
}
