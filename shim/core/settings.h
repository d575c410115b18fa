/* SPDX-License-Identifier: MIT */
/* The NOSELF_ settings: one table of all, and a strict parser for each value. Pure. */
#pragma once

#include <stdbool.h>

enum mode {
	MODE_RETRY,
	MODE_FAIL,
	MODE_OBSERVE,
	MODE_OFF, /* NOSELF_DISABLE=1: every call goes straight through */
};
enum log_to { LOG_OFF, LOG_STDERR, LOG_FILE };

struct settings {
	enum mode mode;
	int retries;         /* 1 to 16 */
	int error;           /* an errno, positive */
	bool pinned_allowed; /* leave a pinned socket's self-connection alone */
	bool bind_no_port;   /* bind() of port 0 defers the choice of the port */
	bool disabled;       /* settings_finish() turns it into MODE_OFF */
	enum log_to log;
	const char *log_path; /* for LOG_FILE: absolute; points into the variable's value */
};

/* A row of the table. Library, command, messages, --help and completions all read it. */
struct setting {
	const char *variable;
	const char *option; /* the command's long option, NULL if there is none */
	char letter;        /* its short option */
	const char *values; /* valid values with '|' between; words in capitals are placeholders */
	const char *fallback; /* the default */
	const char *help;     /* for --help */
	/* Parses a value into `settings`; false if it is not valid. */
	bool (*read)(struct settings *settings, const char *values, const char *value);
};

enum { SETTINGS = 7 };
extern const struct setting settings_table[SETTINGS];

/* Sets every setting to its default. */
void settings_start(struct settings *settings);

/*
 * The row of the variable in "NAME=VALUE"; `value` then points to the value. NULL, and `value`
 * unchanged, if the variable is not in the table.
 */
const struct setting *settings_find(const char *assignment, const char **value);

/* Parses a value into `settings`. If it is not valid, sets the default and returns false. */
bool settings_set(struct settings *settings, const struct setting *row, const char *value);

/* Call it after all variables are read: their order does not matter then. */
void settings_finish(struct settings *settings);
