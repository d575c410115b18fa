/* SPDX-License-Identifier: MIT */
/* One end of an internet connection, as a value: what it is, and whether two are the same. Pure. */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct endpoint {
	sa_family_t family;  /* AF_INET, AF_INET6 (also v4-mapped), or AF_UNSPEC for any other */
	uint16_t port;       /* host order */
	uint32_t scope;      /* the zone of a link-local IPv6 address, else 0 */
	uint8_t address[16]; /* network order; IPv4 in the first four bytes, the others zero */
};

/* A sockaddr large enough for both families; the kernel truncates longer ones. */
union socket_name {
	struct sockaddr any;
	struct sockaddr_in6 in6;
};

/*
 * The endpoint of a socket address of `length` bytes. Family AF_UNSPEC if it is not an internet
 * address or is too short. Like the kernel, it accepts an IPv6 address of 24 bytes, without a zone.
 * Reads no byte past `length`.
 */
struct endpoint endpoint_of(const void *address, socklen_t length);

/* The common start of sockaddr_in and sockaddr_in6; it may be unaligned. */
struct __attribute__((packed, may_alias)) endpoint_start {
	sa_family_t family;
	uint16_t port; /* in network order */
};

/*
 * The address if it is an internet one, else NULL. Reads at most the first four bytes. Inline,
 * because every dial of the program calls it.
 */
static inline const struct endpoint_start *endpoint_start(const void *address, socklen_t length)
{
	const struct endpoint_start *start = address;
	if (length < sizeof(*start))
		return NULL;
	return start->family == AF_INET || start->family == AF_INET6 ? start : NULL;
}

/* The offset of the address's last four bytes in a socket address. A wildcard has zeros there. */
size_t endpoint_last_word(sa_family_t family);

/* Writes the endpoint as a socket address for the kernel; returns its length. */
socklen_t endpoint_name(const struct endpoint *end, union socket_name *name);

/* 0.0.0.0, :: or ::ffff:0.0.0.0, whatever the port. */
bool endpoint_is_wildcard(const struct endpoint *end);

/* 127.0.0.1, ::1 or ::ffff:127.0.0.1: the one of the same kind as `end`, with the same port. */
struct endpoint endpoint_localhost(const struct endpoint *end);
bool endpoint_is_localhost(const struct endpoint *end);

/* Whether family, address, zone and port are all equal. */
bool endpoint_same(const struct endpoint *a, const struct endpoint *b);

/*
 * Whether, by port and address, a dial of `to` from `local` can have reached itself. A wildcard
 * destination matches any local address. The zone is not compared here: the program may leave it
 * out, or give one that the kernel ignores. endpoint_same() compares it between the kernel's own
 * two names.
 */
bool endpoint_may_be_self(const struct endpoint *local, const struct endpoint *to);
