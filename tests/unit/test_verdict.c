/* SPDX-License-Identifier: MIT */
/* Verdicts: the table of state and settings, and the ranges beside a port. */
#include "unit.h"
#include "core/verdict.h"

/* The verdict for a mode, a number of retries, NOSELF_PINNED, and the state in the other arguments.
 */
#define SAYS(mode_, retries_, allowed, ...)                                                        \
	verdict_of(                                                                                \
		&(struct settings){.mode = mode_, .retries = retries_, .pinned_allowed = allowed}, \
		&(struct dial_state){__VA_ARGS__})
#define SELF .outcome = OUTCOME_SELF, .met_self = true
#define NO_PORT .outcome = OUTCOME_NO_PORT
#define RANGE .has_port_range = true

static void table(void)
{
	static const enum mode modes[] = {MODE_RETRY, MODE_FAIL, MODE_OBSERVE};
	for (int i = 0; i < 3; i++)
		CHECK(SAYS(modes[i], 3, false, .outcome = OUTCOME_OTHER, RANGE) == VERDICT_RETURN);
	CHECK(SAYS(MODE_RETRY, 3, false, SELF, RANGE) == VERDICT_RETRY);
	CHECK(SAYS(MODE_FAIL, 3, false, SELF, RANGE) == VERDICT_FAIL);
	CHECK(SAYS(MODE_OBSERVE, 3, false, SELF, RANGE) == VERDICT_OBSERVE);

	/* With a range there are two retries, one for each side; without one the setting decides.
	 */
	CHECK(SAYS(MODE_RETRY, 3, false, SELF, RANGE, .tries = 1, .sides_tried = 1) ==
	      VERDICT_RETRY);
	CHECK(SAYS(MODE_RETRY, 1, false, SELF, RANGE, .tries = 1, .sides_tried = 1) ==
	      VERDICT_FAIL);
	CHECK(SAYS(MODE_RETRY, 16, false, SELF, RANGE, .tries = 2, .sides_tried = 2) ==
	      VERDICT_FAIL);
	CHECK(SAYS(MODE_RETRY, 3, false, SELF, .tries = 2, .sides_tried = 2) == VERDICT_RETRY);
	CHECK(SAYS(MODE_RETRY, 3, false, SELF, .tries = 3, .sides_tried = 3) == VERDICT_FAIL);

	CHECK(SAYS(MODE_RETRY, 3, false, SELF, RANGE, .pinned = true) == VERDICT_FAIL);
	CHECK(SAYS(MODE_RETRY, 3, true, SELF, RANGE, .pinned = true) == VERDICT_ALLOW);
	CHECK(SAYS(MODE_FAIL, 3, true, SELF, RANGE, .pinned = true) == VERDICT_ALLOW);
	CHECK(SAYS(MODE_FAIL, 3, true, SELF, RANGE) == VERDICT_FAIL);
	CHECK(SAYS(MODE_OBSERVE, 3, false, SELF, RANGE, .pinned = true) == VERDICT_OBSERVE);

	/* EADDRNOTAVAIL is repeated once; after a self-connection it means that one side is empty.
	 */
	CHECK(SAYS(MODE_RETRY, 3, false, NO_PORT) == VERDICT_REPEAT);
	CHECK(SAYS(MODE_RETRY, 3, false, NO_PORT, .spurious = 1) == VERDICT_RETURN);
	CHECK(SAYS(MODE_RETRY, 3, true, NO_PORT, .pinned = true) == VERDICT_RETURN);
	CHECK(SAYS(MODE_FAIL, 3, false, NO_PORT) == VERDICT_RETURN);
	CHECK(SAYS(MODE_OBSERVE, 3, false, NO_PORT) == VERDICT_RETURN);
	CHECK(SAYS(MODE_RETRY, 3, false, NO_PORT, RANGE, .met_self = true, .tries = 1,
		   .sides_tried = 1) == VERDICT_RETRY);
	CHECK(SAYS(MODE_RETRY, 3, false, NO_PORT, RANGE, .met_self = true, .tries = 2,
		   .sides_tried = 2) == VERDICT_FAIL);
}

static void sides(void)
{
	struct dial_state state = {SELF, RANGE};
	CHECK(verdict_side(&state) == SIDE_ABOVE);
	state.sides_tried = 1;
	CHECK(verdict_side(&state) == SIDE_BELOW);
	state.has_port_range = false;
	CHECK(verdict_side(&state) == SIDE_ANY);
}

static void gives(uint32_t low, uint32_t high, uint16_t port, enum side side, uint32_t want_low,
		  uint32_t want_high)
{
	uint32_t range = 0;
	CHECK(verdict_range(low | high << 16, port, side, &range));
	CHECK((range & 0xffff) == want_low);
	CHECK(range >> 16 == want_high);
}

static void is_empty(uint32_t low, uint32_t high, uint16_t port, enum side side)
{
	uint32_t range;
	CHECK(!verdict_range(low | high << 16, port, side, &range));
}

static void ranges(void)
{
	gives(0, 0, 50000, SIDE_ABOVE, 50001, 0);
	gives(0, 0, 50000, SIDE_BELOW, 0, 49999);
	gives(40000, 60000, 50000, SIDE_ABOVE, 50001, 60000);
	gives(40000, 60000, 50000, SIDE_BELOW, 40000, 49999);
	gives(40000, 0, 50000, SIDE_BELOW, 40000, 49999);
	gives(0, 60000, 50000, SIDE_ABOVE, 50001, 60000);
	/* A range without the port does not change. */
	gives(51000, 52000, 50000, SIDE_ABOVE, 51000, 52000);
	gives(40000, 41000, 50000, SIDE_BELOW, 40000, 41000);
	is_empty(50000, 50000, 50000, SIDE_ABOVE);
	is_empty(50000, 50000, 50000, SIDE_BELOW);
	is_empty(0, 50000, 50000, SIDE_ABOVE);
	is_empty(50000, 0, 50000, SIDE_BELOW);
	is_empty(51000, 52000, 50000, SIDE_BELOW);
	is_empty(0, 0, 65535, SIDE_ABOVE);
	is_empty(0, 0, 1, SIDE_BELOW);
	gives(0, 0, 65534, SIDE_ABOVE, 65535, 0);
	gives(0, 0, 2, SIDE_BELOW, 0, 1);
	gives(0, 0, 65535, SIDE_BELOW, 0, 65534);
	gives(0, 0, 1, SIDE_ABOVE, 2, 0);
}

int main(void)
{
	table();
	sides();
	ranges();
	return verdict_of_unit();
}
