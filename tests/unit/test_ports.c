/* SPDX-License-Identifier: MIT */
/* Which source ports are left beside a port, against a model of what the kernel chooses from. */
#include <stdlib.h>

#include "supervisor/ports.h"
#include "unit.h"

static struct ports ports(const char *range, const char *reserved)
{
	struct ports p = {.reserved = reserved};
	CHECK(ports_read_range(&p, range));
	return p;
}

/* What the kernel does with IP_LOCAL_PORT_RANGE: a bound outside of its own range counts for none.
 */
static bool kernel_may_choose(const struct ports *p, uint32_t range, uint32_t port)
{
	const uint32_t low = range & 0xffff, high = range >> 16;
	const uint32_t from = low >= p->low && low <= p->high ? low : p->low;
	const uint32_t to = high >= p->low && high <= p->high ? high : p->high;
	return port >= from && port <= to;
}

static void ranges(void)
{
	struct ports p;

	CHECK(ports_read_range(&p, "32768\t60999\n") && p.low == 32768 && p.high == 60999);
	CHECK(ports_read_range(&p, "1 65535") && p.low == 1 && p.high == 65535);
	CHECK(ports_read_range(&p, "50000\t50000\n"));
	CHECK(!ports_read_range(&p, ""));
	CHECK(!ports_read_range(&p, "5\t4\n"));
	CHECK(!ports_read_range(&p, "0\t4\n"));
	CHECK(!ports_read_range(&p, "1\t65536\n"));
	CHECK(!ports_read_range(&p, "1\n"));
	CHECK(!ports_read_range(&p, "99999999999999999999 5"));
}

/* Every port, own range and side in a small range: what is set leaves the port out, and no more. */
static void exhaustive(void)
{
	const struct ports p = ports("50000\t50005\n", "");
	const uint32_t bounds[] = {0, 1, 49999, 50000, 50002, 50003, 50005, 50006, 65535};
	enum { BOUNDS = sizeof(bounds) / sizeof(*bounds) };

	for (uint32_t i = 0; i < BOUNDS * BOUNDS; i++) {
		const uint32_t own = bounds[i / BOUNDS] | bounds[i % BOUNDS] << 16;
		const uint32_t from = own & 0xffff, to = own >> 16;
		if (from && to && from > to)
			continue; /* the kernel takes no such range */
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
	const struct ports p = ports("50000\t50010\n", "");
	int above = 0;

	for (uint32_t random = 0; random < 1000; random++)
		above += side(&p, 50003, random) == ABOVE;
	CHECK(above == 700);
	for (uint32_t random = 0; random < 20; random++) {
		CHECK(side(&p, 50000, random) == ABOVE);
		CHECK(side(&p, 50010, random) == BELOW);
	}
}

static void reserved(void)
{
	const struct ports below = ports("50000\t50010\n", "8080,50000-50003\n");
	const struct ports most = ports("50000\t50010\n", "1-49999,50000,50002-50009,60000\n");
	const struct ports itself = ports("50000\t50010\n", "50004\n");
	const struct ports all = ports("50000\t50002\n", "50000,50002\n");
	const struct ports cut = ports("50000\t50010\n", "50000-50003,500");

	for (uint32_t random = 0; random < 20; random++) {
		CHECK(side(&below, 50004, random) == ABOVE);
		CHECK(side(&most, 50001, random) == ABOVE);
		CHECK(side(&most, 50010, random) == BELOW);
		CHECK(side(&cut, 50004, random) == ABOVE);
	}
	CHECK(ports_without(&itself, 0, 50004, 0).kind == PORTS_UNCHANGED);
	CHECK(ports_without(&all, 0, 50001, 0).kind == PORTS_IMPOSSIBLE);
}

int main(void)
{
	ranges();
	exhaustive();
	sides();
	reserved();
	return verdict_of_unit();
}
