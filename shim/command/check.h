/* SPDX-License-Identifier: MIT */
/* noself --check: how each file would be covered. */
#pragma once

#include "options.h"

/* Prints a line for each file; returns the exit status, 1 where one cannot be covered. */
int check(const struct options *options, char *const *environment);
