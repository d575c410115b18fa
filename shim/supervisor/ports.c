/* SPDX-License-Identifier: MIT */
/* How to keep the kernel from choosing one port as a source port. Pure. */
#include "ports.h"

#include "core/verdict.h"

struct ports_choice ports_without(const struct ports *ports, uint32_t own, uint16_t port,
				  uint32_t random)
{
	const uint32_t first = ports->low ? ports->low : 1;
	const uint32_t last = ports->high ? ports->high : 0xffff;
	uint32_t low = own & 0xffff, high = own >> 16;
	struct ports_choice choice = {PORTS_UNCHANGED, own};

	/* The kernel ignores a bound outside the namespace's range. */
	if (low < first || low > last)
		low = 0;
	if (high < first || high > last)
		high = 0;
	own = low | high << 16;
	low = low ? low : first;
	high = high ? high : last;
	if (port < low || port > high)
		return choice;

	const uint32_t below = port - low, above = high - port;
	if (below + above == 0)
		return (struct ports_choice){PORTS_IMPOSSIBLE, own};
	choice.kind = PORTS_NARROWED;
	if (!ports->low)
		random = port % 2 == 0 && above > 0 ? 0 : above;
	verdict_range(own, port, random % (below + above) < above ? SIDE_ABOVE : SIDE_BELOW,
		      &choice.range);
	return choice;
}
