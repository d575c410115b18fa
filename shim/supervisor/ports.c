/* SPDX-License-Identifier: MIT */
/* The source ports that the kernel chooses from, and those beside a destination's port. Pure. */
#include "ports.h"

/* Reads a number; where there is none, or it is no port, -1. */
static long number(const char **text)
{
	long n = 0;

	if (**text < '0' || **text > '9')
		return -1;
	for (; **text >= '0' && **text <= '9' && n <= 0xffff; (*text)++)
		n = n * 10 + (**text - '0');
	return n <= 0xffff ? n : -1;
}

bool ports_read_range(struct ports *ports, const char *text)
{
	const long low = number(&text);
	while (*text == ' ' || *text == '\t')
		text++;
	const long high = number(&text);

	if (low < 1 || high < low)
		return false;
	ports->low = (uint32_t)low;
	ports->high = (uint32_t)high;
	return true;
}

/* How many ports from `low` to `high` are not in the list "8080,50000-50009". */
static uint32_t count_free(const char *reserved, uint32_t low, uint32_t high)
{
	uint32_t free = low <= high ? high - low + 1 : 0;
	long first;

	while (free > 0 && (first = number(&reserved)) >= 0) {
		long last = first;
		if (*reserved == '-') {
			reserved++;
			last = number(&reserved);
		}
		const uint32_t from = first > (long)low ? (uint32_t)first : low;
		const uint32_t to = last < (long)high ? (uint32_t)last : high;
		/* A list that was cut off may end in the middle of a number. */
		if (last >= first && from <= to)
			free -= to - from + 1;
		if (*reserved == ',')
			reserved++;
	}
	return free;
}

struct ports_choice ports_without(const struct ports *ports, uint32_t own, uint16_t port,
				  uint32_t random)
{
	uint32_t low = own & 0xffff, high = own >> 16;
	struct ports_choice choice = {PORTS_UNCHANGED, own};

	/* The kernel ignores a bound outside of the namespace's range. */
	if (low < ports->low || low > ports->high)
		low = 0;
	if (high < ports->low || high > ports->high)
		high = 0;
	own = low | high << 16;
	low = low ? low : ports->low;
	high = high ? high : ports->high;
	if (count_free(ports->reserved, port > low ? port : low, port < high ? port : high) == 0)
		return choice;

	const uint32_t below = count_free(ports->reserved, low, port - 1U);
	const uint32_t above = count_free(ports->reserved, port + 1U, high);
	if (below + above == 0) {
		choice.kind = PORTS_IMPOSSIBLE;
		return choice;
	}
	choice.kind = PORTS_NARROWED;
	verdict_range(own, port, random % (below + above) < above ? SIDE_ABOVE : SIDE_BELOW,
		      &choice.range);
	return choice;
}
