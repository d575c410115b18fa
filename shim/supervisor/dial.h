/* SPDX-License-Identifier: MIT */
/* One reported dial: makes it impossible that it reaches itself, and says how it goes on. */
#pragma once

#include <linux/seccomp.h>
#include <sys/ioctl.h>

#include "core/log.h"
#include "core/sys.h"
#include "netns.h"
#include "target.h"

/* What the supervisor knows. */
struct supervisor {
	const struct context *context;
	int listener;
	struct netns netns;
	struct target target;
};

/* One request to the listener; 0 or a negative errno. */
static inline long dial_request(const struct supervisor *s, unsigned long request, void *argument)
{
	return raw_syscall(SYS_ioctl, s->listener, (long)request, (long)argument, 0, 0);
}

/*
 * What to answer: DIAL_CONTINUE, or a negative errno, or the value that the call is to return.
 * Whatever fails on the way: DIAL_CONTINUE. `event` is what is to be logged; its action is NULL
 * where nothing is.
 */
enum { DIAL_CONTINUE = 0 };
long dial_decide(struct supervisor *supervisor, const struct seccomp_notif *notification,
		 struct log_event *event);
