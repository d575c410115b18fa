/* SPDX-License-Identifier: MIT */
/* Whether and how a command can be kept from connecting to itself. */
#pragma once

#include "find_library.h"

enum cover {
	COVER_PRELOAD,    /* by the library */
	COVER_SUPERVISOR, /* the library does not reach it */
	COVER_REFUSED,    /* neither does; it can be run all the same */
	COVER_UNRUNNABLE, /* this user may not run it */
	COVER_MISSING,    /* it is not there, or what runs it is not */
	COVER_NO_LIBRARY, /* there is none to cover it with */
};

struct coverage {
	enum cover how;
	const char *file;       /* what is to be run */
	const char *via;        /* what runs that in the end, or NULL where it is no script */
	const char *reason;     /* why not COVER_PRELOAD: what goes after "FILE: " */
	const char *remedy;     /* NULL for COVER_SUPERVISOR */
	const char *remark;     /* of COVER_PRELOAD, or NULL */
	bool is_text;           /* the kernel does not run it, a shell does */
	bool is_within_reach;   /* the supervisor covers it all the same, where it is asked for */
	bool is_supervised;     /* the supervisor has been started for it */
	struct library library; /* also where it is only for what the command starts */
};

/* Judges the command `words[0]` with its arguments, ended by NULL. */
void cover_judge(struct coverage *coverage, char *const *words);

/*
 * Puts into `coverage` what goes after "FILE: ", and the remedy. `what` goes after "is"; of a
 * script it is said of the program that runs it. Returns false.
 */
bool refuse(struct coverage *coverage, enum cover how, const char *what, const char *remedy);

/* The same for a file that may not be run, which is an errno of path_error(). */
bool refuse_path(struct coverage *coverage, const char *file, int error);

/* The same where there is no library, as find_library() says; `machine` is the program's, or 0. */
bool refuse_search(struct coverage *coverage, uint32_t machine);
