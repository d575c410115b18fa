/* SPDX-License-Identifier: MIT */
/* What is found out once, when the library is loaded, and constant from then on. */
#pragma once

#include "core/log.h"
#include "next.h"
#include "core/settings.h"

struct load {
	struct settings settings;
	struct log_stderr stderr_at_start;
	struct next next;
	const char *stack_end; /* the program's first thread's stack, known to be mapped below it */
};

/* NULL until the constructor has run; atomic, for a thread may be there before it. */
extern const struct load *_Atomic load_done;

/*
 * What was found out; by a caller that comes earlier than the constructor (another library's), it
 * is found out anew for that call, in `early`. Takes no lock, so that it does not matter which
 * thread or signal handler asks.
 */
const struct load *load_get(struct load *early);
