/* SPDX-License-Identifier: MIT */
/* Generates a sequence of calls from a seed and its number. */
#include "fuzz.h"

/* SplitMix64: sequence N can be generated alone. */
static uint64_t random_next(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15U);
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
	z = (z ^ z >> 27) * 0x94d049bb133111ebU;
	return z ^ z >> 31;
}

static unsigned random_below(uint64_t *state, unsigned below)
{
	return (unsigned)((random_next(state) >> 32) * below >> 32);
}

static unsigned char choose(uint64_t *state, const struct choice *choices, unsigned count)
{
	unsigned sum = 0;
	unsigned char chosen = 0;

	for (unsigned i = 0; i < count; i++)
		sum += choices[i].weight;
	unsigned n = random_below(state, sum);
	while (n >= choices[chosen].weight)
		n -= choices[chosen++].weight;
	return chosen;
}

static void make_step(uint64_t *state, struct step *step)
{
	step->choice[CALL] = choose(state, fields[CALL].choices, CALLS);
	for (int f = 0; f < FIELDS; f++)
		if (fields[f].calls >> step_value(step, CALL) & 1)
			step->choice[f] = choose(state, fields[f].choices, fields[f].count);
}

bool plan_has(const struct plan *plan, enum preset preset)
{
	return plan->presets >> preset & 1;
}

/*
 * In the kernel, an IPv6 socket that was refused by a v4-mapped host and then dials a native one
 * waits forever. A socket bound to an address that is not its own gets no answer.
 */
bool plan_is_unanswered(const struct plan *plan)
{
	int dials = 0, mapped = 0;

	for (int i = 0; i < plan->steps; i++) {
		const int host = step_value(&plan->step[i], HOST);
		if (!step_dials(&plan->step[i]))
			continue;
		if (host & UNANSWERED)
			return true;
		dials++;
		mapped += host & MAPPED;
	}
	return dials && (plan_has(plan, FREEBIND) || (mapped && mapped < dials));
}

/* Changes a plan that would wait forever, or in which the library is to differ. */
static void apply_rules(struct plan *plan)
{
	int connects = 0;

	if (plan_has(plan, FULL_RANGE))
		plan->presets &= ~(1U << RANGE);
	for (int i = 0; i < plan->steps; i++) {
		struct step *s = &plan->step[i];
		connects += step_value(s, CALL) == CONNECT;
		/*
		 * A deferred bind() succeeds although no port is free for all destinations: that is
		 * its purpose. bind.bats tests it.
		 */
		if (plan_has(plan, FULL_RANGE) && s->choice[BIND_PORT] == 0)
			s->choice[BIND_PORT] = 1;
	}
	/* With fast open nothing is sent before there are data: a second connect() waits. */
	if (plan_is_unanswered(plan) || (plan_has(plan, FASTOPEN) && connects > 1))
		plan->presets |= 1U << NONBLOCKING;
}

void plan_make(struct plan *plan, uint64_t seed, uint64_t number)
{
	static const struct choice kinds[] = {{TCP4, 44}, {TCP6, 32}, {MPTCP4, 6},     {MPTCP6, 4},
					      {UDP4, 4},  {UDP6, 4},  {UNIX_STREAM, 6}};
	uint64_t state = random_next(&seed) ^ number * 0xd1342543de82ef95U;

	*plan = (struct plan){.kind = choose(&state, kinds, sizeof(kinds) / sizeof(*kinds)),
			      .steps = 2 + (int)random_below(&state, 3)};
	for (unsigned preset = 0; preset < PRESETS; preset++)
		plan->presets |= (unsigned)(random_below(&state, 10) == 0) << preset;
	for (int i = 0; i < plan->steps; i++)
		make_step(&state, &plan->step[i]);
	apply_rules(plan);
}
