/* SPDX-License-Identifier: MIT */
/* Runs the command in this process, or prints how a file would be covered. */
#pragma once

#include "options.h"

/* Executes the command; returns the exit status if that is not possible. */
int run(const struct options *options, char **environment);

/* Prints for each file how it would be covered; returns 1 if one cannot be, else 0. */
int check(const struct options *options);
