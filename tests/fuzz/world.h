/* SPDX-License-Identifier: MIT */
/* What the sequences meet: a namespace with addresses, listeners, dead ports and a taken one. */
#pragma once

#include "plan.h"

/*
 * tests/fuzz/run prepares the namespace. The ports that the kernel chooses, and those that bind()
 * names, are 256 each with one high byte, so that one byte is all that has to be masked.
 */
enum { EPHEMERAL_HIGH = 0xc0, NAMED_HIGH = 0x4e, TAKEN_PORT = 0xc0f8 };

struct world {
	int closed, file, pipe; /* descriptors that are no sockets */
	int listener[3];        /* TCP, MPTCP, unix */
	unsigned runs;          /* how many sockets have been through: names the port */
};

/* Ends the program with a message where r is negative. */
void must(int r, const char *what);

void world_start(struct world *world);

/* Takes the connections from the listeners' queues and drops them. */
void world_drain(struct world *world);

/* Puts the address into 128 bytes. */
void world_address(const struct world *world, const struct address *address, unsigned char *bytes);
