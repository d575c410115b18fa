/* SPDX-License-Identifier: MIT */
/* The source ports that the kernel chooses from, and those beside a destination's port. Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/verdict.h"

/* What a network namespace is set to, as its files in /proc/sys say it. */
struct ports {
	uint32_t low, high;   /* net.ipv4.ip_local_port_range */
	const char *reserved; /* net.ipv4.ip_local_reserved_ports, "8080,50000-50009\n" */
};

/* Reads "32768\t60999\n" into `ports`; false where it is something else. */
bool ports_read_range(struct ports *ports, const char *text);

/* How to keep the kernel from choosing one port. */
struct ports_choice {
	enum {
		PORTS_UNCHANGED,  /* it would not choose that port anyway */
		PORTS_NARROWED,   /* with `range` as the socket's IP_LOCAL_PORT_RANGE */
		PORTS_IMPOSSIBLE, /* it has no other port */
	} kind;
	uint32_t range;
};

/*
 * Leaves `port` out, for a socket whose IP_LOCAL_PORT_RANGE is `own`. Of the two sides of the port
 * each is as likely as it is large; `random` decides.
 */
struct ports_choice ports_without(const struct ports *ports, uint32_t own, uint16_t port,
				  uint32_t random);
