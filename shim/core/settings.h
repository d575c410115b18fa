/* SPDX-License-Identifier: MIT */
/* The NOSELF_ variables: their values, their defaults, and a strict reading of each. Pure. */
#pragma once

#include <stdbool.h>

enum mode { MODE_RETRY, MODE_FAIL, MODE_OBSERVE };
enum log_to { LOG_OFF, LOG_STDERR, LOG_FILE };

struct settings {
	enum mode mode;
	int retries;         /* 1 to 16 */
	int error;           /* an errno, positive */
	bool pinned_allowed; /* leave a pinned socket's self-connection alone */
	bool bind_hint;      /* bind() puts the port off */
	bool disabled;       /* every call goes straight through */
	enum log_to log;
	const char *log_path; /* absolute, of LOG_FILE; points at the value it came from */
};

extern const struct settings settings_default;

enum settings_verdict { SETTINGS_NOT_OURS, SETTINGS_TAKEN, SETTINGS_BAD };

/* What is wrong with a value, for the one line that says so. None of the strings is to be freed. */
struct settings_complaint {
	const char *value;    /* what was given, ends at its NUL */
	const char *variable; /* the variable's name */
	const char *expected; /* in words */
	const char *used;     /* the default that is used instead, as it would be written */
};

/*
 * Reads one "NAME=VALUE" of an environment into `settings`. A bad value puts the default there and
 * fills in `complaint`; a variable that is not of this library changes nothing.
 */
enum settings_verdict settings_read(struct settings *settings, const char *assignment,
				    struct settings_complaint *complaint);
