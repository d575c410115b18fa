/* SPDX-License-Identifier: MIT */
/* Becoming the command, or saying how it would be covered. */
#pragma once

#include "options.h"

/* Becomes the command that the options name; returns the exit status where that cannot be. */
int run(const struct options *options, char **environment);

/* Prints for each file how it would be covered; returns 1 where one cannot be, else 0. */
int check(const struct options *options);
