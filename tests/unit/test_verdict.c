/* SPDX-License-Identifier: MIT */
/* Verdicts: the table of state and settings, and the ranges beside a port. */
#include "unit.h"
#include "core/verdict.h"

static struct settings with(enum mode mode, int retries, bool pinned_allowed)
{
	struct settings s;
	settings_start(&s);
	s.mode = mode;
	s.retries = retries;
	s.pinned_allowed = pinned_allowed;
	return s;
}

static enum verdict says(struct settings settings, struct dial_state state)
{
	return verdict_of(&settings, &state);
}

static const struct dial_state other = {.outcome = OUTCOME_OTHER};
static const struct dial_state self = {
	.outcome = OUTCOME_SELF, .met_self = true, .has_port_range = true};
static const struct dial_state no_port = {.outcome = OUTCOME_NO_PORT};

static struct dial_state after(struct dial_state state, int tries, int sides_tried)
{
	state.tries = tries;
	state.sides_tried = sides_tried;
	return state;
}

static struct dial_state pinned(struct dial_state state)
{
	state.pinned = true;
	return state;
}

static struct dial_state without_range(struct dial_state state)
{
	state.has_port_range = false;
	return state;
}

static struct dial_state spurious(struct dial_state state, int times)
{
	state.spurious = times;
	return state;
}

static void table(void)
{
	const struct settings retry = with(MODE_RETRY, 3, false), fail = with(MODE_FAIL, 3, false);
	const struct settings observe = with(MODE_OBSERVE, 3, false);
	const struct settings once = with(MODE_RETRY, 1, false), many = with(MODE_RETRY, 16, false);
	const struct settings allow = with(MODE_RETRY, 3, true),
			      fail_allow = with(MODE_FAIL, 3, true);

	CHECK(says(retry, other) == VERDICT_GIVE);
	CHECK(says(fail, other) == VERDICT_GIVE);
	CHECK(says(observe, other) == VERDICT_GIVE);

	CHECK(says(retry, self) == VERDICT_RETRY);
	CHECK(says(fail, self) == VERDICT_FAIL);
	CHECK(says(observe, self) == VERDICT_OBSERVE);

	/* Both sides of the port are all that aiming has; without it the setting alone counts. */
	CHECK(says(retry, after(self, 1, 1)) == VERDICT_RETRY);
	CHECK(says(retry, after(self, 2, 2)) == VERDICT_FAIL);
	CHECK(says(many, after(self, 2, 2)) == VERDICT_FAIL);
	CHECK(says(once, after(self, 1, 1)) == VERDICT_FAIL);
	CHECK(says(retry, without_range(after(self, 2, 2))) == VERDICT_RETRY);
	CHECK(says(retry, without_range(after(self, 3, 3))) == VERDICT_FAIL);
	CHECK(says(many, without_range(after(self, 15, 15))) == VERDICT_RETRY);
	CHECK(says(many, without_range(after(self, 16, 16))) == VERDICT_FAIL);

	CHECK(says(retry, pinned(self)) == VERDICT_FAIL);
	CHECK(says(allow, pinned(self)) == VERDICT_ALLOW);
	CHECK(says(fail_allow, pinned(self)) == VERDICT_ALLOW);
	CHECK(says(fail_allow, self) == VERDICT_FAIL);
	CHECK(says(observe, pinned(self)) == VERDICT_OBSERVE);

	/* A lack of ports is tried once more by itself, and after a self-connection is one side. */
	CHECK(says(retry, no_port) == VERDICT_REPEAT);
	CHECK(says(retry, spurious(no_port, 1)) == VERDICT_GIVE);
	CHECK(says(retry, pinned(no_port)) == VERDICT_GIVE);
	CHECK(says(allow, pinned(no_port)) == VERDICT_GIVE);
	CHECK(says(fail, no_port) == VERDICT_GIVE);
	CHECK(says(observe, no_port) == VERDICT_GIVE);
	struct dial_state side_full = after(self, 1, 1);
	side_full.outcome = OUTCOME_NO_PORT;
	CHECK(says(retry, side_full) == VERDICT_RETRY);
	CHECK(says(retry, after(side_full, 2, 2)) == VERDICT_FAIL);
}

static void sides(void)
{
	struct dial_state state = self;
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
	/* A range that does not hold the port (the system's was ignored for it) stays as it is. */
	gives(51000, 52000, 50000, SIDE_ABOVE, 51000, 52000);
	gives(40000, 41000, 50000, SIDE_BELOW, 40000, 41000);
	is_empty(50000, 50000, 50000, SIDE_ABOVE);
	is_empty(50000, 50000, 50000, SIDE_BELOW);
	is_empty(0, 50000, 50000, SIDE_ABOVE);
	is_empty(50000, 0, 50000, SIDE_BELOW);
	is_empty(51000, 52000, 50000, SIDE_BELOW);
	is_empty(0, 0, 65535, SIDE_ABOVE);
	is_empty(0, 0, 1, SIDE_BELOW);
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
