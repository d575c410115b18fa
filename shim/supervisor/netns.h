/* SPDX-License-Identifier: MIT */
/* The supervisor's network namespace: its ephemeral ports, and which addresses are its own. */
#pragma once

#include "core/endpoint.h"
#include "ports.h"

struct netns {
	uint64_t cookie; /* the kernel's number for it, never used twice */
	int range_fd;
};

/* False where /proc does not tell the range of its ephemeral ports. */
bool netns_open(struct netns *netns);

/* Whether the socket belongs to it; sockets of programs that have entered another one do not. */
bool netns_has(const struct netns *netns, int socket);

/* The range of its ephemeral ports, now. */
struct ports netns_ports(const struct netns *netns);

/* Whether an unbound socket of this namespace that dials `to` has that address as its own, too. */
bool netns_is_own(const struct endpoint *to);
