/* SPDX-License-Identifier: MIT */
/* Comparing the twins, and finding the shortest form of a sequence in which they differ. */
#pragma once

#include <stdint.h>

#include "twin.h"

/* Does the plan on both twins, the raw one first if asked to; records by way. 1 if they differ. */
int shrink_differs(struct world *world, const struct plan *plan, int raw_first,
		   struct record two[2]);

/* Prints the plan and both records. */
void shrink_print(const struct plan *plan, const struct record two[2]);

/*
 * Prints what was seen to differ, in its shortest form, and the command that does it again. `plan`
 * is number `index` of `seed`.
 */
void shrink_report(struct world *world, const struct plan *plan, uint64_t seed, uint64_t index,
		   const struct record seen[2]);
