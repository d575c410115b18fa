/* SPDX-License-Identifier: MIT */
/* Reads the command line of noself, and the settings that the command will have. */
#pragma once

#include <stdbool.h>

#include "core/settings.h"

struct options {
	bool supervise, verbose, check, print_settings, force, help, version;
	const char
		*given[SETTINGS]; /* the option's value for each row of settings_table, or NULL */
	const char *values[SETTINGS]; /* the same, or that of the environment, or the default */
	struct settings settings;     /* the parsed values */
	char **words;                 /* after the options: the command, or the files to check */
};

/* Reads the arguments of main() and the environment; prints an error and returns false if wrong. */
bool options_read(struct options *options, int count, char **words, char *const *environment);

/* "NAME=VALUE" for each setting given by an option, ended by NULL, with room for one more. */
char **options_assignments(const struct options *options);

/* A few lines on how to call noself. */
extern const char options_usage[];

/* Prints what --help says: that first. */
void options_help(void);
