/* SPDX-License-Identifier: MIT */
/* Limits how many lines a process logs in a second, and counts those that were dropped. */
#include "log_limit.h"

enum { LINES_A_SECOND = 10 };

/* Two threads that do this at once may write a few more lines than the limit: harmless. */
static void start_anew(struct log_limit *limit, uint32_t second, long pid)
{
	const bool forked = atomic_exchange(&limit->pid, pid) != pid;
	if (forked)
		atomic_store(&limit->dropped, 0);
	if (atomic_exchange(&limit->second, second) != second || forked)
		atomic_store(&limit->lines, 0);
}

bool log_limit_take(struct log_limit *limit, uint32_t second, long pid, uint32_t *dropped)
{
	start_anew(limit, second, pid);
	if (atomic_fetch_add(&limit->lines, 1) < LINES_A_SECOND) {
		*dropped = atomic_exchange(&limit->dropped, 0);
		return true;
	}
	atomic_fetch_add(&limit->dropped, 1);
	return false;
}

void log_limit_give_back(struct log_limit *limit, uint32_t dropped)
{
	atomic_fetch_add(&limit->dropped, dropped + 1);
}
