/* SPDX-License-Identifier: MIT */
/* What to do about a dial, from the settings and the facts. Pure: a table, and no calls. */
#include "verdict.h"

/* As often as Go's dialler does. */
enum { MOST_SPURIOUS = 2 };

/* Above and below: where the kernel can be told to leave the port out, that is all there is. */
enum { SIDES = 2 };

enum verdict verdict_of(const struct settings *settings, const struct facts *facts)
{
	if (facts->outcome == OUTCOME_OTHER)
		return VERDICT_GIVE;
	if (settings->mode == MODE_OBSERVE)
		return facts->outcome == OUTCOME_SELF ? VERDICT_OBSERVE : VERDICT_GIVE;
	if (!facts->met_self) {
		const bool again = settings->mode == MODE_RETRY && !facts->pinned &&
				   facts->spurious < MOST_SPURIOUS;
		return again ? VERDICT_REPEAT : VERDICT_GIVE;
	}
	if (facts->pinned)
		return settings->pinned_allowed ? VERDICT_ALLOW : VERDICT_FAIL;
	if (settings->mode == MODE_FAIL || facts->tries >= settings->retries)
		return VERDICT_FAIL;
	if (facts->can_aim && facts->sides >= SIDES)
		return VERDICT_FAIL;
	return VERDICT_RETRY;
}

enum aim verdict_aim(const struct facts *facts)
{
	if (!facts->can_aim)
		return AIM_ANYWHERE;
	return facts->sides == 0 ? AIM_ABOVE : AIM_BELOW;
}

bool verdict_range(uint32_t own, uint16_t port, enum aim aim, uint32_t *range)
{
	uint32_t low = own & 0xffff, high = own >> 16;

	if (aim == AIM_ABOVE && low <= port)
		low = port + 1U;
	if (aim == AIM_BELOW && (high == 0 || high >= port))
		high = port - 1U;
	*range = low | high << 16;
	return low <= 0xffff && (aim != AIM_BELOW || high > 0) && (high == 0 || low <= high);
}
