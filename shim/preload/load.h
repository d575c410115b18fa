/* SPDX-License-Identifier: MIT */
/* What the library reads once, when it is loaded: the settings and the next functions. */
#pragma once

#include "core/log.h"
#include "next.h"

struct load {
	struct context context;
	struct next next;
};

/* NULL until the constructor has run. Atomic: a thread may call a function before that. */
extern const struct load *_Atomic load_done __attribute__((visibility("hidden")));

/*
 * The settings and functions. For a call before the constructor has run (another library's
 * constructor dials) they are read for that call alone, into `early`. Takes no lock: safe in any
 * thread and signal handler.
 */
const struct load *load_get(struct load *early);
