/* SPDX-License-Identifier: MIT */
/* One end of an internet connection, as a value: what it is, and whether two are the same. Pure. */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct endpoint {
	sa_family_t family; /* AF_INET, AF_INET6 (v4-mapped ones too), or AF_UNSPEC: not internet */
	uint16_t port;      /* host order */
	uint32_t scope;     /* the zone of a link-local IPv6 address, else 0 */
	uint8_t address[16]; /* network order; IPv4 in the first four, the others zero */
};

/* A sockaddr large enough for either family; the kernel cuts off what is longer. */
union socket_name {
	struct sockaddr any;
	struct sockaddr_in6 in6;
};

/*
 * The endpoint that a socket address of `length` bytes names. Family AF_UNSPEC where it is no
 * internet address or too short to be one; like the kernel it takes an IPv6 address of 24 bytes,
 * without a zone. Reads no byte past `length`.
 */
struct endpoint endpoint_of(const void *address, socklen_t length);

/* How sockaddr_in and sockaddr_in6 begin; it may lie at an odd address. */
struct __attribute__((packed, may_alias)) endpoint_start {
	sa_family_t family;
	uint16_t port; /* in network order */
};

/*
 * The address where it is an internet one, NULL where not, as every UNIX socket's. Reads no byte
 * past the fourth. Inline, because every dial of the program comes here.
 */
static inline const struct endpoint_start *endpoint_start(const void *address, socklen_t length)
{
	const struct endpoint_start *start = address;
	if (length < sizeof(*start))
		return NULL;
	return start->family == AF_INET || start->family == AF_INET6 ? start : NULL;
}

/* Where the last four bytes of the address lie in a socket address: zeros in every wildcard. */
size_t endpoint_last_word(sa_family_t family);

/* The same as a socket address, for the kernel; returns its length. */
socklen_t endpoint_name(const struct endpoint *end, union socket_name *name);

/* 0.0.0.0, :: or ::ffff:0.0.0.0, whatever the port. */
bool endpoint_is_wildcard(const struct endpoint *end);

/* 127.0.0.1, ::1 or ::ffff:127.0.0.1, whichever is of the same kind as `end`, with its port. */
struct endpoint endpoint_localhost(const struct endpoint *end);
bool endpoint_is_localhost(const struct endpoint *end);

/* The same in every part: family, address, zone, port. */
bool endpoint_same(const struct endpoint *a, const struct endpoint *b);

/*
 * Whether a dial of `to` from `local` can have reached itself, as far as the names tell: the same
 * port and address, where a wildcard destination stands for any own address and a zone is only
 * compared later, between the kernel's own two names (a caller may leave it out, or give one that
 * the kernel ignores).
 */
bool endpoint_may_be_self(const struct endpoint *local, const struct endpoint *to);
