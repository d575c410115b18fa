/* SPDX-License-Identifier: MIT */
/* Passes a call that dials to the core's loop, and converts results between libc and the core. */
#pragma once

#include "core/guard.h"
#include "load.h"

/* Converts a libc result for the core: the same, or a negative errno if the call failed. */
long dial_result(long result);

/*
 * Calls guard_dial() after a first dial that returned `first`, and logs a self-connection. Returns
 * as libc does: the call's result, with errno unchanged, or -1 and errno.
 */
long dial_on(const struct load *load, int fd, const struct connect_op *op, const void *call,
	     long first);

/* Dials first and then does the same. If the call succeeds, errno is as before the first dial. */
long dial(const struct load *load, int fd, const struct connect_op *op, const void *call);
