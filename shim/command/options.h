/* SPDX-License-Identifier: MIT */
/* The command line of noself, and the settings that the command will have. */
#pragma once

#include <stdbool.h>

#include "core/settings.h"

struct options {
	bool supervise, verbose, check, print_settings, force, help, version;
	const char *given[SETTINGS];  /* as given for the row of settings_table, or NULL */
	const char *values[SETTINGS]; /* the same, else that of the environment, else the default */
	struct settings settings;     /* these, read */
	char **words;                 /* behind the options: the command, or the files to check */
};

/* Reads the words of main() and the environment; false after saying what is wrong with them. */
bool options_read(struct options *options, int count, char **words, char *const *environment);

/* "NAME=VALUE" of each setting that an option gave, ended by NULL, with room for one more. */
char **options_assignments(const struct options *options);

/* How noself is called: a few lines. */
extern const char options_usage[];

/* Prints what --help says: that first. */
void options_help(void);
