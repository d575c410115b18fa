/* SPDX-License-Identifier: MIT */
/* What env(1) does with the words it is given. Pure. */
#pragma once

#include <stdbool.h>

struct env_words {
	bool drops_preload;  /* the command would not get LD_PRELOAD */
	const char *command; /* the command it runs, NULL where that cannot be told */
};

/*
 * Reads the words after "env", of which the last is followed by NULL, as GNU env does, -S included.
 * The result may point into `words` or into memory that is never freed.
 */
struct env_words env_words_read(char *const *words);
