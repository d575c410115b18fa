/* SPDX-License-Identifier: MIT */
/* What a sequence leaves out, so that its twins can be compared; each rule says why. */
#pragma once

#include "plan.h"
#include "random.h"

/* Changes the plan until it keeps to the rules. */
void rules_apply(struct plan *plan, struct random *r);
