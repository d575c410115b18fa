/* SPDX-License-Identifier: MIT */
/* Commands that start another one, some without the environment they were given. */
#pragma once

struct started {
	const char *instead; /* of a command whose own would not get LD_PRELOAD: a call that has
				noself behind it. Else NULL */
	const char *command; /* what env(1) starts; NULL where that cannot be told */
};

/* Reads the command `words[0]` with its arguments and a NULL behind them. */
struct started clearing_read(char *const *words);
