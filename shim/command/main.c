/* SPDX-License-Identifier: MIT */
/* noself: runs a command so that none of its TCP connections reaches itself. */
#include <stdio.h>
#include <unistd.h>

#include "check.h"
#include "chosen.h"
#include "help.h"
#include "installed.h"
#include "messages.h"
#include "options.h"
#include "run.h"

static void print_settings(const struct options *options)
{
	char *assignments[SETTINGS];
	const int count = chosen_assignments(options, assignments);

	for (int i = 0; i < count; i++)
		puts(assignments[i]);
}

/* What was printed has to have got out. */
static int printed(int status)
{
	if (fflush(stdout) == 0)
		return status;
	message_say("standard output", "cannot be written", "nothing done");
	return EXIT_WRONG;
}

static int wrong_usage(void)
{
	help_usage(stderr);
	return EXIT_WRONG;
}

int main(int count, char **words)
{
	struct options options;

	if (count < 1)
		return wrong_usage();
	if (!options_read(&options, count, words))
		return EXIT_WRONG;
	switch (options.action) {
	case ACTION_HELP:
		help_print(stdout);
		return printed(0);
	case ACTION_VERSION:
		printf("noself %s\n", installed_version);
		return printed(0);
	case ACTION_PRINT_SETTINGS:
		if (*options.words)
			return wrong_usage();
		print_settings(&options);
		return printed(0);
	case ACTION_CHECK:
		return *options.words ? printed(check(&options, environ)) : wrong_usage();
	case ACTION_RUN:
		break;
	}
	return *options.words ? run(&options, environ) : wrong_usage();
}
