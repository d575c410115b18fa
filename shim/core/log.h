/* SPDX-License-Identifier: MIT */
/* Writes the line for each self-connection met, where and as often as the settings want it. */
#pragma once

#include "log_limit.h"
#include "log_line.h"
#include "log_target.h"
#include "settings.h"

/* What is constant while a program runs, and the one thing that is not: the limiter's counters. */
struct context {
	struct settings settings;
	struct log_target log_target; /* for LOG_STDERR */
	struct log_limit *log_limit;
};

/*
 * Writes the line for `event`. Lines beyond the limit, and lines for a descriptor 2 that is no
 * longer the stderr of the start, are dropped. Safe in a signal handler; never waits; errno is
 * undefined afterwards.
 */
void log_write(const struct context *context, const struct log_source *source,
	       const struct log_event *event);
