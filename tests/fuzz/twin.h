/* SPDX-License-Identifier: MIT */
/* Performs a sequence on a socket of its own, in the one way or the other, and records all that a
 * program could see of it. */
#pragma once

#include <stddef.h>

#include "calls.h"
#include "memory.h"
#include "plan.h"
#include "subject.h"
#include "world.h"

/* What one call left behind. Whatever it could have changed and did not is the pattern, or 0. */
struct outcome {
	long result;
	int error;                /* errno; on success the one from before the call */
	unsigned length;          /* getsockname's length word */
	unsigned sent[3];         /* sendmmsg's msg_len words */
	unsigned char name[AREA]; /* getsockname's buffer, and what lies behind it; ports masked */
};

struct record {
	struct outcome outcome[MOST_STEPS];
	struct end_state end;
};

void twin_perform(struct world *world, const struct plan *plan, enum way way,
		  struct record *record);

void record_print_outcome(const char *who, const struct step *step, const struct outcome *outcome);
void record_print_end(const char *who, const struct end_state *end);
