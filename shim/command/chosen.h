/* SPDX-License-Identifier: MIT */
/* The settings that the command will have: those of its environment, and on top those of options.
 */
#pragma once

#include "core/settings.h"

#include "options.h"

struct chosen {
	struct settings settings;
	const char *values[SETTINGS]; /* each setting as it is written, for the rows of the table */
};

void chosen_read(struct chosen *chosen, const struct options *options, char *const *environment);

/* "NAME=VALUE" of each setting that an option gave, in `assignments`; returns how many. */
int chosen_assignments(const struct options *options, char *assignments[SETTINGS]);
