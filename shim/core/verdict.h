/* SPDX-License-Identifier: MIT */
/* What to do about a dial, from the settings and the state. Pure: a table, and no calls. */
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
 * The source ports that the next dial may use. A bound beside the port keeps the kernel from
 * choosing it again. The kernel ignores a bound outside of the system's range: so there are two.
 */
enum side { SIDE_ANY, SIDE_ABOVE, SIDE_BELOW };

struct dial_state {
	enum outcome outcome;
	bool met_self;       /* this dial, or one before it in the same call, reached itself */
	bool pinned;         /* the program chose the port; known once it was disconnected */
	bool has_port_range; /* the kernel has IP_LOCAL_PORT_RANGE */
	int tries;           /* how often it was dialled again because of itself */
	int sides_tried;     /* how many sides of the port were tried, or found empty */
	int spurious;        /* how often because of EADDRNOTAVAIL alone */
};

enum verdict {
	VERDICT_GIVE,    /* the program gets what the dial gave */
	VERDICT_OBSERVE, /* the same, and a line in the log */
	VERDICT_ALLOW,   /* dial once more and leave it at that */
	VERDICT_RETRY,   /* dial again, from another port */
	VERDICT_REPEAT,  /* dial again as before: a port may be free by now */
	VERDICT_FAIL,    /* fail with the errno of the settings */
};

enum verdict verdict_of(const struct settings *settings, const struct dial_state *state);

/* The side of the port that the next retry is to use. */
enum side verdict_side(const struct dial_state *state);

/*
 * The value of IP_LOCAL_PORT_RANGE that leaves out `port` on that side and stays within `own`, the
 * program's value (low | high << 16, 0 is no bound). False where that side is empty.
 */
bool verdict_range(uint32_t own, uint16_t port, enum side side, uint32_t *range);
