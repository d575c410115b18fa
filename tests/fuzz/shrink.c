/* SPDX-License-Identifier: MIT */
/* Compares the twins, and finds the shortest sequence in which they differ. */
#include "fuzz.h"

/* How often a sequence is repeated to see whether a difference is reproducible. */
enum { REPEATS = 5 };

/* Runs the sequence on both twins, sometimes the raw one first. */
int shrink_differs(struct world *world, const struct plan *plan, int raw_first,
		   struct record two[2])
{
	for (int i = 0; i < 2; i++) {
		const enum way way = i == raw_first ? INTERPOSED : RAW;
		twin_perform(world, plan, way, &two[way]);
	}
	return memcmp(&two[0], &two[1], sizeof(two[0])) != 0;
}

static int differs_steadily(struct world *world, const struct plan *plan, struct record two[2])
{
	int times = 0;
	world_drain(world);
	for (int i = 0; i < REPEATS; i++)
		times += shrink_differs(world, plan, i & 1, two);
	return times == REPEATS;
}

/* The parts of a failing sequence that suffice to fail: the fewest calls, then presets. */
static unsigned shrink(struct world *world, const struct plan *plan)
{
	struct record two[2];
	unsigned keep = (1U << (MAX_STEPS + PRESETS)) - 1, best = keep;
	int fewest = MAX_STEPS + 1;

	for (unsigned calls = 0; calls < 1U << plan->steps; calls++) {
		const unsigned parts = (keep & ~15U) | calls;
		const struct plan less = plan_without(plan, parts);
		if (less.steps < fewest && differs_steadily(world, &less, two)) {
			fewest = less.steps;
			best = parts;
		}
	}
	for (unsigned bit = 1U << MAX_STEPS; bit <= best; bit <<= 1) {
		const struct plan less = plan_without(plan, best & ~bit);
		if ((best & bit) &&
		    (!(plan->presets & bit >> MAX_STEPS) || differs_steadily(world, &less, two)))
			best &= ~bit;
	}
	return best;
}

void shrink_report(struct world *world, const struct plan *plan, uint64_t seed, uint64_t index,
		   const struct record seen[2])
{
	struct record two[2];

	if (!differs_steadily(world, plan, two)) {
		printf("seed %" PRIu64 ", sequence %" PRIu64 " differed, but not each time:\n",
		       seed, index);
		text_print(plan, seen);
		printf("again: tests/fuzz/run -s %" PRIu64 " -i %" PRIu64 "\n", seed, index);
		return;
	}
	const unsigned parts = shrink(world, plan);
	const struct plan less = plan_without(plan, parts);
	shrink_differs(world, &less, 0, two);
	printf("seed %" PRIu64 ", sequence %" PRIu64 " differs; its shortest form that does:\n",
	       seed, index);
	text_print(&less, two);
	printf("again: tests/fuzz/run -s %" PRIu64 " -i %" PRIu64 " -k %#x\n", seed, index, parts);
}
