/* SPDX-License-Identifier: MIT */
/* Decides what to do after a dial, from the settings and the state. Pure. */
#include "verdict.h"

/*
 * Measured on Linux 6.18: with as many dialling threads as ports, about one dial in ten thousand
 * fails with EADDRNOTAVAIL although a port is free. Of 105 such dials, 104 succeeded when repeated
 * once and the last when repeated twice. If every port is in use, repeating does not help.
 */
enum { MAX_SPURIOUS = 1 };

enum { SIDES = 2 }; /* above and below the port */

enum verdict verdict_of(const struct settings *settings, const struct dial_state *state)
{
	if (state->outcome == OUTCOME_OTHER)
		return VERDICT_RETURN;
	if (settings->mode == MODE_OBSERVE)
		return state->outcome == OUTCOME_SELF ? VERDICT_OBSERVE : VERDICT_RETURN;
	if (!state->met_self) {
		const bool again = settings->mode == MODE_RETRY && state->spurious < MAX_SPURIOUS;
		return again ? VERDICT_REPEAT : VERDICT_RETURN;
	}
	if (state->pinned)
		return settings->pinned_allowed ? VERDICT_ALLOW : VERDICT_FAIL;
	if (settings->mode == MODE_FAIL || state->tries >= settings->retries)
		return VERDICT_FAIL;
	if (state->has_port_range && state->sides_tried >= SIDES)
		return VERDICT_FAIL;
	return VERDICT_RETRY;
}

enum side verdict_side(const struct dial_state *state)
{
	if (!state->has_port_range)
		return SIDE_ANY;
	return state->sides_tried == 0 ? SIDE_ABOVE : SIDE_BELOW;
}

bool verdict_range(uint32_t own, uint16_t port, enum side side, uint32_t *range)
{
	uint32_t low = own & 0xffff, high = own >> 16;

	if (side == SIDE_ABOVE && low <= port)
		low = port + 1U;
	if (side == SIDE_BELOW && (high == 0 || high >= port))
		high = port - 1U;
	*range = low | high << 16;
	return low <= 0xffff && (side != SIDE_BELOW || high > 0) && (high == 0 || low <= high);
}
