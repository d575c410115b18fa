/* SPDX-License-Identifier: MIT */
/* Decides what to do after a dial, from the settings and the state. Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "settings.h"

/* How the latest dial ended. */
enum outcome {
	OUTCOME_OTHER,   /* connected to another socket, refused, or any other error */
	OUTCOME_SELF,    /* the socket reached itself */
	OUTCOME_NO_PORT, /* EADDRNOTAVAIL: the kernel found no port to dial from */
};

/*
 * The source ports that the next dial may use: any, or only those above or below the destination
 * port. There are two sides because the kernel ignores a bound outside the system's range.
 */
enum side { SIDE_ANY, SIDE_ABOVE, SIDE_BELOW };

struct dial_state {
	enum outcome outcome;
	bool met_self;       /* this dial, or an earlier one of the same call, reached itself */
	bool pinned;         /* the program chose the source port; known after disconnecting */
	bool has_port_range; /* the kernel has IP_LOCAL_PORT_RANGE */
	int tries;           /* how often it was dialled again after a self-connection */
	int sides_tried;     /* how many sides of the port were tried or have no port */
	int spurious;        /* how often it was dialled again after EADDRNOTAVAIL alone */
};

enum verdict {
	VERDICT_RETURN,  /* return the dial's result to the program */
	VERDICT_OBSERVE, /* the same, and log it */
	VERDICT_ALLOW,   /* dial once more and keep that connection */
	VERDICT_RETRY,   /* dial again from another port */
	VERDICT_REPEAT,  /* dial again in the same way: a port may be free by now */
	VERDICT_FAIL,    /* fail with the errno of the settings */
};

enum verdict verdict_of(const struct settings *settings, const struct dial_state *state);

/* The side of the port that the next retry uses. */
enum side verdict_side(const struct dial_state *state);

/*
 * The value of IP_LOCAL_PORT_RANGE for the ports on that side of `port` within `own`, the program's
 * value (low | high << 16, 0 means no bound). False if there is no port on that side.
 */
bool verdict_range(uint32_t own, uint16_t port, enum side side, uint32_t *range);
