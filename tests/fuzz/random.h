/* SPDX-License-Identifier: MIT */
/* Pseudorandom numbers from a seed (SplitMix64): sequence I can be generated alone. */
#pragma once

#include <stdint.h>

struct random {
	uint64_t state;
};

static inline uint64_t random_next(struct random *r)
{
	uint64_t z = (r->state += 0x9e3779b97f4a7c15U);
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
	z = (z ^ z >> 27) * 0x94d049bb133111ebU;
	return z ^ z >> 31;
}

static inline struct random random_of(uint64_t seed, uint64_t index)
{
	struct random r = {seed};
	r.state = random_next(&r) ^ index * 0xd1342543de82ef95U;
	return r;
}

/* 0 to below - 1. */
static inline unsigned random_below(struct random *r, unsigned below)
{
	return (unsigned)((random_next(r) >> 32) * below >> 32);
}

/* True in so many percent of the calls. */
static inline int random_percent(struct random *r, unsigned percent)
{
	return random_below(r, 100) < percent;
}
