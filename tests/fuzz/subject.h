/* SPDX-License-Identifier: MIT */
/* The socket of one twin: as it is made, and as it is in the end. */
#pragma once

#include <stddef.h>

#include "calls.h"
#include "plan.h"

/* Milliseconds that a call or a packet is waited for: longer than loopback takes on any machine. */
enum { PATIENCE = 5000 };

/* What the socket is like afterwards. */
struct end_state {
	int hint, range, error, flags, listening, reuse; /* options, -errno where there is none */
	long name_result, peer_result;
	unsigned char name[32], peer[32]; /* ports masked */
};

/* Makes the plan's socket, with its presets. */
int subject_open(const struct plan *plan);

void subject_end(const struct calls *calls, int fd, struct end_state *end);

/*
 * Masks what is of chance in a name of so many bytes. Which of 256 ports it is follows from chance,
 * or from the number of the run: its low byte goes. That there is one, and of which kind, stays; so
 * do all other ports. A name that the kernel made up for a unix socket is five digits, which go.
 */
void subject_mask(unsigned char *name, size_t size);
