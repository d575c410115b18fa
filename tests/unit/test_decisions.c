/* SPDX-License-Identifier: MIT */
/* Pure decisions that test_guard does not go through: verdicts, ports, TCP_INFO, the log's limit.
 */
#include <linux/tcp.h>
#include <stddef.h>

#include "core/log_limit.h"
#include "core/tcpinfo.h"
#include "core/verdict.h"
#include "supervisor/ports.h"
#include "unit.h"

static void verdicts(void)
{
	const struct settings settings = {.mode = MODE_RETRY, .retries = 16};
	struct dial_state state = {
		.outcome = OUTCOME_SELF, .met_self = true, .has_port_range = true};

	/* A retry above the port, one below it, and no third. */
	CHECK(verdict_side(&state) == SIDE_ABOVE);
	state.sides_tried = 1;
	CHECK(verdict_side(&state) == SIDE_BELOW);
	state.sides_tried = 2;
	CHECK(verdict_of(&settings, &state) == VERDICT_FAIL);
	/* Another outcome is the program's, and EADDRNOTAVAIL alone is repeated. */
	state.outcome = OUTCOME_OTHER;
	CHECK(verdict_of(&settings, &state) == VERDICT_RETURN);
	state = (struct dial_state){.outcome = OUTCOME_NO_PORT, .pinned = true};
	CHECK(verdict_of(&settings, &state) == VERDICT_REPEAT);
}

/* The ports of a range that are on a side of a port; 0 as a bound means none. */
static void check_range(uint32_t low, uint32_t high, uint32_t port, enum side side)
{
	const uint32_t from = side == SIDE_ABOVE && port >= low ? port + 1 : low;
	const uint32_t to = side == SIDE_BELOW && (!high || port <= high) ? port - 1 : high;
	const bool is_possible = (from ? from : 1) <= (to || side == SIDE_BELOW ? to : 65535);
	uint32_t range = 0;

	CHECK(verdict_range(low | high << 16, (uint16_t)port, side, &range) == is_possible);
	CHECK(!is_possible || range == (from | to << 16));
}

static void ranges(void)
{
	static const uint32_t bounds[] = {0, 1, 2, 40000, 49999, 50000, 50001, 60000, 65534, 65535};
	for (unsigned n = 0; n < 10 * 10 * 9; n++) {
		const uint32_t low = bounds[n % 10], high = bounds[n / 10 % 10];
		if (high && low > high)
			continue; /* the kernel accepts no such range */
		check_range(low, high, bounds[1 + n / 100], SIDE_ABOVE);
		check_range(low, high, bounds[1 + n / 100], SIDE_BELOW);
	}
}

/* The kernel's use of IP_LOCAL_PORT_RANGE: it ignores a bound outside its own range. */
static bool may_choose(const struct ports *p, uint32_t range, uint32_t port)
{
	const uint32_t low = range & 0xffff, high = range >> 16;
	const uint32_t from = low >= p->low && low <= p->high ? low : p->low;
	const uint32_t to = high >= p->low && high <= p->high ? high : p->high;
	return port >= from && port <= to;
}

/* What is set leaves the port out and not all others, and allows no port that was not allowed. */
static void leaves_out(const struct ports *p, uint32_t own, uint16_t port, uint32_t random)
{
	const struct ports_choice c = ports_without(p, own, port, random);
	bool others = false, is_right = !may_choose(p, c.range, port);

	for (uint32_t other = p->low; other <= p->high; other++) {
		others |= other != port && may_choose(p, own, other);
		is_right &= may_choose(p, own, other) || !may_choose(p, c.range, other);
	}
	is_right &= may_choose(p, c.range, port - 1U) || may_choose(p, c.range, port + 1U);
	if (!may_choose(p, own, port))
		CHECK(c.kind == PORTS_UNCHANGED);
	else if (!others)
		CHECK(c.kind == PORTS_IMPOSSIBLE);
	else
		CHECK(c.kind == PORTS_NARROWED && is_right);
}

static enum side side(const struct ports *p, uint16_t port, uint32_t random)
{
	const struct ports_choice c = ports_without(p, 0, port, random);
	if (c.kind != PORTS_NARROWED)
		return SIDE_ANY;
	return c.range == port + 1U ? SIDE_ABOVE : SIDE_BELOW;
}

static void ports(void)
{
	static const uint32_t bounds[] = {0, 1, 49999, 50000, 50002, 50003, 50005, 50006, 65535};
	const struct ports small = {50000, 50005}, large = {50000, 50010}, unknown = {0, 0};
	int above = 0;

	for (unsigned n = 0; n < 9 * 9 * 10 * 6; n++) {
		const uint32_t low = bounds[n % 9], high = bounds[n / 9 % 9];
		if (!low || !high || low <= high)
			leaves_out(&small, low | high << 16, (uint16_t)(49998 + n / 81 % 10),
				   n / 810);
	}
	/* Each side as often as it is large. */
	for (uint32_t random = 0; random < 1000; random++)
		above += side(&large, 50003, random) == SIDE_ABOVE;
	CHECK(above == 700);
	/* In an unknown range a port is left out if it is an even first one or an odd last one. */
	for (uint32_t random = 0; random < 20; random++) {
		CHECK(side(&unknown, 50002, random) == SIDE_ABOVE);
		CHECK(side(&unknown, 50005, random) == SIDE_BELOW);
		CHECK(side(&unknown, 1, random) == SIDE_ABOVE);
		CHECK(side(&unknown, 65534, random) == SIDE_ABOVE);
		CHECK(side(&unknown, 65535, random) == SIDE_BELOW);
	}
	CHECK(ports_without(&unknown, 50000 | 50003U << 16, 50004, 0).kind == PORTS_UNCHANGED);
	CHECK(ports_without(&unknown, 50004 | 50009U << 16, 50004, 0).range ==
	      (50005 | 50009U << 16));
	CHECK(ports_without(&unknown, 50004 | 50004U << 16, 50004, 0).kind == PORTS_IMPOSSIBLE);
}

#define SAME_OFFSET(ours, kernels)                                                                 \
	(offsetof(struct tcpinfo, ours) == offsetof(struct tcp_info, kernels))
_Static_assert(SAME_OFFSET(bytes_received, tcpi_bytes_received), "the kernel's own layout");
_Static_assert(SAME_OFFSET(segs_in, tcpi_segs_in), "the kernel's own layout");
_Static_assert(SAME_OFFSET(bytes_sent, tcpi_bytes_sent), "the kernel's own layout");

/* The counters of Linux 6.18 in each case. */
static void tcpinfo(void)
{
	static const struct {
		uint32_t segs_in;
		uint64_t sent, received, acked;
		bool can_be_self;
	} rows[] = {
		{3, 0, 0, 1, true},
		{5, 5, 5, 6, true},               /* fast open of five bytes */
		{8, 100000, 100000, 65537, true}, /* and of many */
		{2, 0, 0, 1, true},               /* the last segment is on its way, or lost */
		{4, 10, 5, 1, true},              /* the data too */
		{0, UINT64_MAX, 0, 0, true},      /* a kernel without any of the counters */
		{3, UINT64_MAX, 5, 0, true},      /* and one that does not count bytes sent */
		{1, 0, 0, 1, false},
		{2, 1, 0, 2, false}, /* fast open of one byte, acknowledged */
		{2, 0, 5, 1, false}, /* the server spoke at once */
		{1, 5, 0, 6, false}, /* fast open with a cookie */
		{2, 100000, 0, 65510, false},
	};
	struct tcpinfo info = {.state = TCPINFO_ESTABLISHED};

	for (unsigned i = 0; i < COUNT(rows); i++) {
		info.segs_in = rows[i].segs_in;
		info.bytes_sent = rows[i].sent;
		info.bytes_received = rows[i].received;
		info.bytes_acked = rows[i].acked;
		CHECK(tcpinfo_can_be_self(&info) == rows[i].can_be_self);
	}
	for (info.state = TCPINFO_ESTABLISHED + 1; info.state < 13; info.state++)
		CHECK(tcpinfo_can_be_self(&info) ==
		      (info.state != TCPINFO_CLOSE && info.state != TCPINFO_CLOSE_WAIT &&
		       info.state != TCPINFO_LISTEN));
	/* Whatever lay there before is unknown. */
	memset(&info, 0xff, sizeof(info));
	tcpinfo_start(&info);
	CHECK(!info.state && !info.bytes_acked && !info.bytes_received);
	CHECK(!info.segs_out && !info.segs_in && info.bytes_sent == UINT64_MAX);
}

/* The number of lines, out of so many, that may be written. */
static int taken(struct log_limit *limit, int lines, uint32_t second, long pid, uint32_t dropped)
{
	int n = 0;
	for (int i = 0; i < lines; i++) {
		uint32_t dropped_before = 0;
		n += log_limit_take(limit, second, pid, &dropped_before);
		CHECK(dropped_before == (i == 0 ? dropped : 0));
	}
	return n;
}

/* Ten lines a second, drops counted, each process for itself. */
static void log_limit(void)
{
	struct log_limit limit = {0};

	CHECK(taken(&limit, 15, 7, 1, 0) == 10);
	CHECK(taken(&limit, 2, 8, 1, 5) == 2);
	/* A line that could not be written counts as dropped. */
	log_limit_give_back(&limit, 3);
	CHECK(taken(&limit, 18, 8, 1, 4) == 8);
	/* A forked process has written none and dropped none. */
	CHECK(taken(&limit, 15, 8, 2, 0) == 10);
}

int main(void)
{
	verdicts();
	ranges();
	ports();
	tcpinfo();
	log_limit();
	return verdict_of_unit();
}
