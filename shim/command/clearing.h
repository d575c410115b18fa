/* SPDX-License-Identifier: MIT */
/* Commands that start another command, some of them with a cleared environment. */
#pragma once

struct started {
	const char *instead; /* if its command would not get LD_PRELOAD: a call with noself after
				it. Else NULL */
	const char *command; /* the command that env(1) starts; NULL if unknown */
};

/* Reads the command `words[0]` with its arguments, ended by NULL. */
struct started clearing_read(char *const *words);
