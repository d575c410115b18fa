/* SPDX-License-Identifier: MIT */
/* noself: runs a command so that none of its TCP connections reaches itself. */
#include <stdio.h>
#include <unistd.h>

#include "messages.h"
#include "options.h"
#include "run.h"

int main(int count, char **words)
{
	struct options options = {.words = words};
	int status = 0;

	if (count > 0 && !options_read(&options, count, words, environ))
		return EXIT_WRONG;
	if (options.help) {
		options_help();
	} else if (options.version) {
		puts("noself " VERSION);
	} else if (options.print_settings == (*options.words != NULL)) {
		fputs(options_usage, stderr);
		return EXIT_WRONG;
	} else if (options.print_settings) {
		for (char **setting = options_assignments(&options); *setting; setting++)
			puts(*setting);
	} else if (options.check) {
		status = check(&options);
	} else {
		return run(&options, environ);
	}
	/* Report an error of stdout. */
	if (fflush(stdout) == 0)
		return status;
	message_say("standard output", "cannot be written", "nothing done");
	return EXIT_WRONG;
}
