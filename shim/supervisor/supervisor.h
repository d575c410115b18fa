/* SPDX-License-Identifier: MIT */
/* Starts the supervisor for a program that cannot be preloaded. The command calls only this. */
#pragma once

#include "core/log.h"

struct supervisor_error {
	const char *reason, *remedy;
	bool is_final; /* the filter is already installed: this process can no longer dial */
};

/*
 * Starts the supervisor and installs the filter in this process, which then executes the command.
 * Returns 0, or -1 with the reason in *error; this process is then unchanged unless the error is
 * final. With 0, *error is zeros or says what is not covered. Returns 0 and does nothing if the
 * settings disable noself or if this process is already supervised.
 */
int supervisor_start(const struct context *context, struct supervisor_error *error);

/* Whether supervisor_start() can work, as far as that can be known in advance. Changes nothing. */
int supervisor_check(const struct context *context, struct supervisor_error *error);
