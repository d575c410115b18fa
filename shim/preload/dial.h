/* SPDX-License-Identifier: MIT */
/* Hands a call that dials to the core's loop, and translates between libc's form and the core's. */
#pragma once

#include "core/guard.h"
#include "load.h"

/* What the core wants of a libc call that returned `result`: that, or a negative errno. */
long dial_result(long result);

/*
 * Runs guard_dial after a first dial that gave `first`, and logs what it met. Returns as libc does:
 * the call's result with errno as it was at this call, or -1 and errno.
 */
long dial_on(const struct load *load, int fd, const struct connect_op *op, const void *call,
	     long first);

/* The same with the first dial, so that errno is as it was before that. */
long dial(const struct load *load, int fd, const struct connect_op *op, const void *call);
