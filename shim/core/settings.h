/* SPDX-License-Identifier: MIT */
/* The NOSELF_ settings: one table of what there is, and a strict reading of each value. Pure. */
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
	bool disabled;       /* becomes MODE_OFF, once everything is read (settings_finish) */
	enum log_to log;
	const char *log_path; /* absolute, of LOG_FILE; points at the value it came from */
};

/* A row of the table. Library, command, messages, --help and completions all read it. */
struct setting {
	const char *variable;
	const char *option; /* the long option of the command, NULL where there is none */
	char letter;        /* the short one */
	const char *values; /* what is expected; '|' between words, of which those in capitals stand
			       for others */
	const char *fallback; /* the default */
	const char *help;     /* for --help */
	/* Puts a value into its place; false where it is none of `values`. */
	bool (*read)(struct settings *settings, const char *values, const char *value);
};

enum { SETTINGS = 7 };
extern const struct setting settings_table[SETTINGS];

/* Every setting's default. */
void settings_start(struct settings *settings);

/*
 * The row of the variable in "NAME=VALUE", and where its value begins. NULL, and `value` untouched,
 * where it is not one of this project.
 */
const struct setting *settings_find(const char *assignment, const char **value);

/* Puts a value into `settings`. Where it is not one of the row's: the default, and false. */
bool settings_set(struct settings *settings, const struct setting *row, const char *value);

/* Call it once everything is read: variables come in any order. */
void settings_finish(struct settings *settings);
