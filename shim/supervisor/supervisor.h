/* SPDX-License-Identifier: MIT */
/* Covers a program that cannot be preloaded: the command's one way into the supervisor. */
#pragma once

#include "core/log.h"

struct supervisor_error {
	const char *reason, *remedy;
	bool is_final; /* the filter is installed all the same: this process can dial no more */
};

/*
 * Starts the supervisor and installs the filter in this process, which then executes the command.
 * 0, or -1 with the reason in *error, and then this process is as it was unless the error is final.
 * With 0, *error is zeros, or says what is not covered all the same. Nothing is done, with 0, where
 * the settings switch noself off or where this process is supervised already.
 */
int supervisor_start(const struct context *context, struct supervisor_error *error);

/* The same, as far as it can be known without a supervisor. Changes nothing. */
int supervisor_check(const struct context *context, struct supervisor_error *error);
