/* SPDX-License-Identifier: MIT */
/* Which file stderr was when the program started, and whether descriptor 2 still is that file. */
#pragma once

#include <stdbool.h>

#include "sys.h"

enum { LOG_TARGET_STDERR = 2 };

struct log_target {
	bool known;      /* if not, nothing is written to stderr */
	bool is_journal; /* JOURNAL_STREAM names it */
	struct file_identity identity;
};

/* The number of a device, as stat() writes it to st_dev. */
uint64_t log_target_device(uint64_t major, uint64_t minor);

/* What descriptor 2 is now. `journal_stream` is the value of JOURNAL_STREAM, or NULL. */
struct log_target log_target_of_stderr(const char *journal_stream);

/* False if the program has closed stderr and opened another file as descriptor 2. */
bool log_target_is_same(const struct log_target *at_start);
