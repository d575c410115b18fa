/* SPDX-License-Identifier: MIT */
/* The command line of noself. */
#pragma once

#include <stdbool.h>

#include "core/settings.h"

enum action { ACTION_RUN, ACTION_CHECK, ACTION_PRINT_SETTINGS, ACTION_HELP, ACTION_VERSION };

struct options {
	enum action action;
	bool supervise, verbose, force;
	const char *values[SETTINGS]; /* as given for the row of settings_table, or NULL */
	char **words;                 /* behind the options: the command, or the files to check */
};

/* Reads the words of main(); false after saying what is wrong with them. */
bool options_read(struct options *options, int count, char **words);
