/* SPDX-License-Identifier: MIT */
/* What the command says on standard error: always one line, one write. */
#include "messages.h"

#include <string.h>
#include <unistd.h>

#include "memory.h"

char *message_clean(char *line)
{
	for (char *at = line; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = '?';
	return line;
}

void message_say(const char *subject, const char *reason, const char *remedy)
{
	char *line = message_clean(memory_format("noself: %s: %s; %s", subject, reason, remedy));
	const size_t length = strlen(line);

	line[length] = '\n'; /* in the place of the NUL */
	(void)!write(STDERR_FILENO, line, length + 1);
}
