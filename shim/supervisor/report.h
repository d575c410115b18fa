/* SPDX-License-Identifier: MIT */
/* Logs what a supervised program met, without ever keeping the supervisor waiting. */
#pragma once

#include "core/log.h"
#include "kernel.h"
#include "target.h"

/* What is being written; starts as {.writer = -1}. */
struct report {
	int writer; /* a pidfd of the child that writes a line, or -1 */
	struct log_limit limit;
};

/*
 * Writes the line for `event` as the library would in the program: with its pid and the thread's
 * name, to the file of the settings or to the program's own stderr. A child writes it, for a pipe
 * may be full and a file's server gone; it is given a tenth of a second, so that the line is there
 * when the program goes on. While it still writes, other lines are dropped.
 */
void report_event(struct report *report, const struct context *context, struct target_cache *target,
		  const struct seccomp_notification *notification, const struct log_event *event);
