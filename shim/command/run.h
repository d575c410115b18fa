/* SPDX-License-Identifier: MIT */
/* Becoming the command. */
#pragma once

#include "options.h"

/* Becomes the command that the options name; returns the exit status where that cannot be. */
int run(const struct options *options, char **environment);
