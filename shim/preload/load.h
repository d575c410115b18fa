/* SPDX-License-Identifier: MIT */
/* What is found out once, when the library is loaded, and is constant from then on. */
#pragma once

#include "core/log.h"
#include "next.h"

struct load {
	struct context context;
	struct next next;
};

/* NULL until the constructor has run; atomic, because a thread may be there before it. */
extern const struct load *_Atomic load_done __attribute__((visibility("hidden")));

/*
 * What was found out. A call that comes before the constructor (another library's constructor
 * dials) gets it found out for that call, in `early`. Takes no lock: any thread or signal handler
 * may ask.
 */
const struct load *load_get(struct load *early);
