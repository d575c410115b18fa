/* SPDX-License-Identifier: MIT */
/* Writes a log line for each self-connection, to the target of the settings, within the limit. */
#pragma once

#include "log_limit.h"
#include "log_line.h"
#include "log_target.h"
#include "settings.h"

/* All that a log line needs. Constant while a program runs, except for the limiter's counters. */
struct context {
	struct settings settings;
	struct log_target log_target; /* for LOG_STDERR */
	struct log_limit *log_limit;
};

/*
 * Writes the line for `event`. Drops it beyond the limit, and if descriptor 2 is no longer the
 * stderr that the program started with. Safe in a signal handler; never waits; does not change
 * errno.
 */
void log_write(const struct context *context, const struct log_source *source,
	       const struct log_event *event);
