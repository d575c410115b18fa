/* SPDX-License-Identifier: MIT */
/* The source ports that remain without one port, compared with a model of the kernel's choice. */
#include <stdbool.h>

#include "supervisor/ports.h"
#include "unit.h"

/* The kernel's use of IP_LOCAL_PORT_RANGE: it ignores a bound outside its own range. */
static bool kernel_may_choose(const struct ports *p, uint32_t range, uint32_t port)
{
	const uint32_t low = range & 0xffff, high = range >> 16;
	const uint32_t from = low >= p->low && low <= p->high ? low : p->low;
	const uint32_t to = high >= p->low && high <= p->high ? high : p->high;
	return port >= from && port <= to;
}

/* Every port, own range and side in a small range: what is set leaves the port out, and no more. */
static void exhaustive(void)
{
	const struct ports p = {50000, 50005};
	const uint32_t bounds[] = {0, 1, 49999, 50000, 50002, 50003, 50005, 50006, 65535};
	enum { BOUNDS = sizeof(bounds) / sizeof(*bounds) };

	for (uint32_t i = 0; i < BOUNDS * BOUNDS; i++) {
		const uint32_t own = bounds[i / BOUNDS] | bounds[i % BOUNDS] << 16;
		const uint32_t from = own & 0xffff, to = own >> 16;
		if (from && to && from > to)
			continue; /* the kernel accepts no such range */
		for (uint16_t port = 49998; port <= 50007; port++) {
			uint32_t left = 0;
			for (uint32_t other = 49998; other <= 50007; other++)
				left += other != port && kernel_may_choose(&p, own, other);
			for (uint32_t random = 0; random < 6; random++) {
				const struct ports_choice c = ports_without(&p, own, port, random);
				if (!kernel_may_choose(&p, own, port)) {
					CHECK(c.kind == PORTS_UNCHANGED);
				} else if (left == 0) {
					CHECK(c.kind == PORTS_IMPOSSIBLE);
				} else {
					CHECK(c.kind == PORTS_NARROWED);
					CHECK(!kernel_may_choose(&p, c.range, port));
					CHECK(kernel_may_choose(&p, c.range, port - 1U) ||
					      kernel_may_choose(&p, c.range, port + 1U));
					for (uint32_t other = 49998; other <= 50007; other++)
						CHECK(!kernel_may_choose(&p, c.range, other) ||
						      kernel_may_choose(&p, own, other));
				}
			}
		}
	}
}

static enum { BELOW, ABOVE, OTHER } side(const struct ports *p, uint16_t port, uint32_t random)
{
	const struct ports_choice c = ports_without(p, 0, port, random);
	if (c.kind != PORTS_NARROWED)
		return OTHER;
	return c.range == port + 1U ? ABOVE : c.range >> 16 == port - 1U ? BELOW : OTHER;
}

/* Each side as often as it is large, and never one that has no port at all. */
static void sides(void)
{
	const struct ports p = {50000, 50010};
	int above = 0;

	for (uint32_t random = 0; random < 1000; random++)
		above += side(&p, 50003, random) == ABOVE;
	CHECK(above == 700);
	for (uint32_t random = 0; random < 20; random++) {
		CHECK(side(&p, 50000, random) == ABOVE);
		CHECK(side(&p, 50010, random) == BELOW);
	}
}

/* In a range that is not known a port is left out if it is an even first one or an odd last one. */
static void unknown(void)
{
	const struct ports p = {0, 0};

	for (uint32_t random = 0; random < 20; random++) {
		CHECK(side(&p, 50004, random) == ABOVE);
		CHECK(side(&p, 50005, random) == BELOW);
		CHECK(side(&p, 1, random) == ABOVE);
		CHECK(side(&p, 65535, random) == BELOW);
	}
	CHECK(ports_without(&p, 50000 | 50003U << 16, 50004, 0).kind == PORTS_UNCHANGED);
	CHECK(ports_without(&p, 50004 | 50009U << 16, 50004, 0).range == (50005 | 50009U << 16));
	CHECK(ports_without(&p, 50004 | 50004U << 16, 50004, 0).kind == PORTS_IMPOSSIBLE);
}

int main(void)
{
	exhaustive();
	sides();
	unknown();
	return verdict_of_unit();
}
