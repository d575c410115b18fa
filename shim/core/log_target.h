/* SPDX-License-Identifier: MIT */
/* Which file stderr was when the program started, and whether descriptor 2 still is that file. */
#pragma once

#include <stdbool.h>

#include "sys.h"

enum { LOG_TARGET_STDERR = 2 };

struct log_target {
	bool known;      /* else nothing is written to stderr */
	bool is_journal; /* JOURNAL_STREAM names it */
	struct file_identity identity;
};

/* What descriptor 2 is now. `journal_stream` is that variable's value or NULL. */
struct log_target log_target_of_stderr(const char *journal_stream);

/* A program that closed stderr may have opened a file of its own in its place. */
bool log_target_is_same(const struct log_target *at_start);
