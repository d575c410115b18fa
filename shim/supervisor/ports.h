/* SPDX-License-Identifier: MIT */
/* How to keep the kernel from choosing one port as a source port. Pure. */
#pragma once

#include <stdint.h>

/* net.ipv4.ip_local_port_range of a network namespace; zeros if unknown. */
struct ports {
	uint32_t low, high;
};

struct ports_choice {
	enum {
		PORTS_UNCHANGED,  /* the kernel cannot choose that port */
		PORTS_NARROWED,   /* set IP_LOCAL_PORT_RANGE to `range` */
		PORTS_IMPOSSIBLE, /* there is no other port */
	} kind;
	uint32_t range;
};

/*
 * Excludes `port` for a socket whose IP_LOCAL_PORT_RANGE is `own`. It only narrows that range,
 * which may be the program's. `random` chooses the side of the port, with a probability by its
 * size.
 *
 * If the namespace's range is unknown, the port is assumed to be inside. Most ranges begin with an
 * even port and end with an odd one, and the kernel ignores a bound outside the range: so it
 * chooses the ports above an even port, and those below an odd one.
 */
struct ports_choice ports_without(const struct ports *ports, uint32_t own, uint16_t port,
				  uint32_t random);
