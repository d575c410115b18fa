/* SPDX-License-Identifier: MIT */
/* The line for each self-connection met, where and when it may be written. */
#pragma once

#include <stdbool.h>

#include "endpoint.h"
#include "settings.h"
#include "sys.h"

/* Where a log on stderr goes: known from the start of the program on. */
struct log_stderr {
	bool known;      /* else nothing is written */
	bool is_journal; /* JOURNAL_STREAM names it */
	struct file_identity identity;
};

/* Looks at descriptor 2. `journal_stream` is that variable's value or NULL. */
struct log_stderr log_find_stderr(const char *journal_stream);

struct log_entry {
	int fd;
	struct endpoint self;
	const char *action; /* retried, failed, allowed or observed */
	int tries;          /* how often it was dialled again */
	long result;        /* what the program gets: 0 or more, or a negative errno */
};

/*
 * Writes the line where the settings want it, at most ten a second in this process. A descriptor 2
 * that is no longer the stderr of the start gets nothing. Safe in a signal handler; the thread's
 * errno is undefined afterwards.
 */
void log_write(const struct settings *settings, const struct log_stderr *stderr_at_start,
	       const struct log_entry *entry);
