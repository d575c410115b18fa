/* SPDX-License-Identifier: MIT */
/* Limits how many lines a process logs in a second, and counts those that were dropped. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Starts as zeros. Atomic words, so no lock is needed. */
struct log_limit {
	_Atomic long pid;        /* the process that the other members belong to */
	_Atomic uint32_t second; /* the second that `lines` belongs to */
	_Atomic uint32_t lines;
	_Atomic uint32_t dropped; /* since the last line that was written */
};

/*
 * Whether this process may write a line in this second (of any one clock). If so, `dropped` is the
 * number of lines dropped before it, and the count starts again from 0. If not, the line counts as
 * dropped.
 */
bool log_limit_take(struct log_limit *limit, uint32_t second, long pid, uint32_t *dropped);

/* Call it if the line could not be written: counts it, and those before it, as dropped. */
void log_limit_give_back(struct log_limit *limit, uint32_t dropped);
