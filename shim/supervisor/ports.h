/* SPDX-License-Identifier: MIT */
/* How to keep the kernel from choosing one port as a source port. Pure. */
#pragma once

#include <stdint.h>

/* net.ipv4.ip_local_port_range of a network namespace; zeros where it is not known. */
struct ports {
	uint32_t low, high;
};

struct ports_choice {
	enum {
		PORTS_UNCHANGED,  /* it would not choose that port anyway */
		PORTS_NARROWED,   /* with `range` as the socket's IP_LOCAL_PORT_RANGE */
		PORTS_IMPOSSIBLE, /* it has no other port */
	} kind;
	uint32_t range;
};

/*
 * Leaves `port` out, for a socket whose IP_LOCAL_PORT_RANGE is `own`, which is only ever narrowed:
 * it may be the program's. Each side of the port is as likely as it is large; `random` decides.
 *
 * Where the namespace's range is not known the port is taken to be inside. Such a range mostly
 * begins with an even port and ends with an odd one, and the kernel ignores a bound outside of it:
 * so ports above an even one are chosen, and ports below an odd one.
 */
struct ports_choice ports_without(const struct ports *ports, uint32_t own, uint16_t port,
				  uint32_t random);
