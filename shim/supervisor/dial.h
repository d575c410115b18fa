/* SPDX-License-Identifier: MIT */
/* One reported dial: makes it impossible that it reaches itself, and says how it goes on. */
#pragma once

#include "core/log.h"
#include "kernel.h"
#include "netns.h"
#include "target.h"

/*
 * The sockets that were narrowed last, so that one that dials again is narrowed from the program's
 * own range: otherwise every dial would leave fewer ports to it.
 */
enum { NARROWED_SOCKETS = 256 };
struct narrowed {
	uint64_t cookie;        /* SO_COOKIE, never used twice */
	uint32_t own, narrowed; /* the program's IP_LOCAL_PORT_RANGE, and what it was set to */
};

/* What the supervisor knows. */
struct supervisor {
	const struct context *context;
	int listener;
	bool receiving_ends; /* loop_receiving_ends() */
	struct netns_table *netns;
	struct target_cache target;
	struct narrowed narrowed[NARROWED_SOCKETS];
};

/*
 * What to answer: DIAL_CONTINUE, or a negative errno, or the value that the call is to return.
 * Whatever fails on the way: DIAL_CONTINUE. `event` is what is to be logged; its action is NULL
 * where nothing is.
 */
enum { DIAL_CONTINUE = 0 };
long dial_decide(struct supervisor *supervisor, const struct seccomp_notification *notification,
		 struct log_event *event);
