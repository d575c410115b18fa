/* SPDX-License-Identifier: MIT */
/* Limits how many lines a process logs in a second, and counts those that were dropped. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Starts as zeros. Single words, so that it needs no lock. */
struct log_limit {
	_Atomic long pid;        /* the process that the others are counted for */
	_Atomic uint32_t second; /* the second that `lines` is counted for */
	_Atomic uint32_t lines;
	_Atomic uint32_t dropped; /* since the last line that was written */
};

/*
 * Whether this process may write a line in this second of any clock. If so, `dropped` is how many
 * lines were dropped before it, and they are no longer counted; if not, the line counts as dropped.
 */
bool log_limit_take(struct log_limit *limit, uint32_t second, long pid, uint32_t *dropped);

/* The line that was taken could not be written: counts it, and those before it, as dropped. */
void log_limit_give_back(struct log_limit *limit, uint32_t dropped);
