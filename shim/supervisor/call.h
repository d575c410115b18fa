/* SPDX-License-Identifier: MIT */
/* What a reported system call dials: the socket, and the destination in the program's memory. */
#pragma once

#include "core/endpoint.h"
#include "kernel.h"

/* As much of a destination as a dial can need: a struct sockaddr_in6. */
enum { CALL_ADDRESS_SIZE = 28 };

struct call {
	int fd;
	uint32_t length; /* of the whole address */
	uint8_t address[CALL_ADDRESS_SIZE];
};

/* Reads it; 0, or a negative errno where it is no call that dials, or its memory is not there. */
long call_read(const struct seccomp_notification *notification, struct call *call);

/*
 * A dial that no program makes and no kernel accepts, which the supervisor answers with a value
 * of its own. call_probe() makes it in this process: true where a supervisor of ours answered.
 */
bool call_is_probe(const struct call *call);
enum { CALL_PROBE_ANSWER = 0x6e73 };
bool call_probe(void);
