/* SPDX-License-Identifier: MIT */
/* noself: runs a command so that none of its TCP connections reaches itself. */
#include <stdio.h>
#include <unistd.h>

#include "messages.h"
#include "options.h"
#include "run.h"

/* What was printed has to have got out. */
static int printed(int status)
{
	if (fflush(stdout) == 0)
		return status;
	message_say("standard output", "cannot be written", "nothing done");
	return EXIT_WRONG;
}

int main(int count, char **words)
{
	struct options options = {.words = words};

	if (count > 0 && !options_read(&options, count, words, environ))
		return EXIT_WRONG;
	if (options.help) {
		options_help();
		return printed(0);
	}
	if (options.version) {
		puts("noself " VERSION);
		return printed(0);
	}
	if (options.print_settings == (*options.words != NULL)) {
		fputs(options_usage, stderr);
		return EXIT_WRONG;
	}
	if (options.print_settings) {
		for (char **setting = options_assignments(&options); *setting; setting++)
			puts(*setting);
		return printed(0);
	}
	return options.check ? printed(check(&options)) : run(&options, environ);
}
