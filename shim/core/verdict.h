/* SPDX-License-Identifier: MIT */
/* What to do about a dial, from the settings and the facts. Pure: a table, and no calls. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "settings.h"

/* How the latest dial ended. */
enum outcome {
	OUTCOME_OTHER,   /* in any way that is not ours: connected elsewhere, refused, … */
	OUTCOME_SELF,    /* the socket reached itself */
	OUTCOME_NO_PORT, /* EADDRNOTAVAIL: the kernel found no port to dial from */
};

/*
 * Where the next dial may leave from. A bound beside the port keeps the kernel from choosing it
 * again; one outside of the system's own range is without effect, which is why there are two.
 */
enum aim { AIM_ANYWHERE, AIM_ABOVE, AIM_BELOW };

struct facts {
	enum outcome outcome;
	bool met_self; /* this dial, or one before it in the same call, reached itself */
	bool pinned;   /* the program itself chose the port; known once it was dissolved */
	bool can_aim;  /* the kernel has IP_LOCAL_PORT_RANGE */
	int tries;     /* how often it was dialled again because of itself */
	int sides;     /* how many sides of the port were tried, or found empty */
	int spurious;  /* how often because of EADDRNOTAVAIL alone */
};

enum verdict {
	VERDICT_GIVE,    /* the program gets what the dial gave */
	VERDICT_OBSERVE, /* the same, and a line in the log */
	VERDICT_ALLOW,   /* dial once more and leave it at that */
	VERDICT_RETRY,   /* dial again, from another port */
	VERDICT_REPEAT,  /* dial again just so: the lack of a port may pass */
	VERDICT_FAIL,    /* fail with the errno of the settings */
};

enum verdict verdict_of(const struct settings *settings, const struct facts *facts);

/* Where the next retry is to leave from. */
enum aim verdict_aim(const struct facts *facts);

/*
 * The value of IP_LOCAL_PORT_RANGE that leaves out `port` on that side and stays within `own`, the
 * program's value (low | high << 16, 0 is no bound). False where that side is empty.
 */
bool verdict_range(uint32_t own, uint16_t port, enum aim aim, uint32_t *range);
