/* SPDX-License-Identifier: MIT */
/* Whether and how a command can be kept from connecting to itself. */
#pragma once

#include "find_library.h"

enum cover {
	COVER_PRELOAD,    /* by the library */
	COVER_SUPERVISOR, /* by the supervisor: the library does not reach it */
	COVER_REFUSED,    /* by neither; --force runs it */
	COVER_UNRUNNABLE, /* this user may not run it */
	COVER_MISSING,    /* it does not exist, or its interpreter or loader does not */
	COVER_NO_LIBRARY, /* there is no library for it */
};

struct coverage {
	enum cover how;
	const char *file;     /* the file to run */
	const char *via;      /* the program that runs a script, else NULL */
	const char *reason;   /* why not COVER_PRELOAD; follows "FILE: " */
	const char *remedy;   /* NULL for COVER_SUPERVISOR */
	const char *remark;   /* for COVER_PRELOAD, or NULL */
	bool is_text;         /* a text without #!, which a shell runs */
	bool is_within_reach; /* COVER_REFUSED, but the supervisor covers it with -s */
	bool is_supervised;   /* the supervisor was started for it */
	struct library found; /* also if only the programs that it starts use it */
};

/* Decides how to cover the command `words[0]` with its arguments, ended by NULL. */
void cover_judge(struct coverage *coverage, char *const *words);

/*
 * Sets reason and remedy of `coverage`. `what` follows "is"; for a script it describes the program
 * that runs it. Returns false.
 */
bool refuse(struct coverage *coverage, enum cover how, const char *what, const char *remedy);

/* The same for a file that cannot be run, by an errno of path_error(). */
bool refuse_path(struct coverage *coverage, const char *file, int error);

/* The same if find_library() found no library; `machine` is the program's, or 0. */
bool refuse_search(struct coverage *coverage, uint32_t machine);
