/* SPDX-License-Identifier: MIT */
/* One end of an internet connection, as a value: what it is, and whether two are the same. Pure. */
#include "endpoint.h"

#include <netinet/in.h>
#include <stddef.h>

/* The shortest IPv6 address that the kernel accepts: RFC 2133's, which ends before the zone. */
enum { IPV6_LENGTH_WITHOUT_SCOPE = offsetof(struct sockaddr_in6, sin6_scope_id) };

/* Byte by byte: a call of memcpy() may need a symbol version that older libcs lack. */
static void copy(void *to, const void *from, unsigned size)
{
	unsigned char *t = to;
	const unsigned char *f = from;
	while (size--)
		*t++ = *f++;
}

struct endpoint endpoint_of(const void *address, socklen_t length)
{
	struct endpoint end = {.family = AF_UNSPEC};
	sa_family_t family;

	if (!address || length < sizeof(family))
		return end;
	copy(&family, address, sizeof(family));
	if (family == AF_INET && length >= sizeof(struct sockaddr_in)) {
		struct sockaddr_in in;
		copy(&in, address, sizeof(in));
		end.port = ntohs(in.sin_port);
		copy(end.address, &in.sin_addr, sizeof(in.sin_addr));
	} else if (family == AF_INET6 && length >= IPV6_LENGTH_WITHOUT_SCOPE) {
		struct sockaddr_in6 in6 = {.sin6_scope_id = 0};
		copy(&in6, address, IPV6_LENGTH_WITHOUT_SCOPE);
		if (length >= sizeof(in6))
			copy(&in6, address, sizeof(in6));
		end.port = ntohs(in6.sin6_port);
		end.scope = in6.sin6_scope_id;
		copy(end.address, &in6.sin6_addr, sizeof(in6.sin6_addr));
	} else {
		return end;
	}
	end.family = family;
	return end;
}

size_t endpoint_last_word(sa_family_t family)
{
	return family == AF_INET6 ? offsetof(struct sockaddr_in6, sin6_addr) + 12
				  : offsetof(struct sockaddr_in, sin_addr);
}

socklen_t endpoint_name(const struct endpoint *end, union socket_name *name)
{
	if (end->family == AF_INET) {
		struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(end->port)};
		copy(&in.sin_addr, end->address, sizeof(in.sin_addr));
		copy(name, &in, sizeof(in));
		return sizeof(in);
	}
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6,
				   .sin6_port = htons(end->port),
				   .sin6_scope_id = end->scope};
	copy(&in6.sin6_addr, end->address, sizeof(in6.sin6_addr));
	copy(name, &in6, sizeof(in6));
	return sizeof(in6);
}

static bool is_v4_mapped(const struct endpoint *end)
{
	for (int i = 0; i < 10; i++)
		if (end->address[i])
			return false;
	return end->family == AF_INET6 && end->address[10] == 0xff && end->address[11] == 0xff;
}

bool endpoint_is_wildcard(const struct endpoint *end)
{
	for (int i = is_v4_mapped(end) ? 12 : 0; i < 16; i++)
		if (end->address[i])
			return false;
	return true;
}

static bool same_address(const struct endpoint *a, const struct endpoint *b)
{
	for (int i = 0; i < 16; i++)
		if (a->address[i] != b->address[i])
			return false;
	return a->family == b->family;
}

struct endpoint endpoint_localhost(const struct endpoint *end)
{
	static const uint8_t v4[4] = {127, 0, 0, 1};
	struct endpoint localhost = {.family = end->family, .port = end->port};

	if (is_v4_mapped(end))
		localhost.address[10] = localhost.address[11] = 0xff;
	if (end->family == AF_INET6 && !is_v4_mapped(end))
		localhost.address[15] = 1;
	else
		copy(localhost.address + (end->family == AF_INET ? 0 : 12), v4, sizeof(v4));
	return localhost;
}

bool endpoint_is_localhost(const struct endpoint *end)
{
	const struct endpoint localhost = endpoint_localhost(end);
	return same_address(end, &localhost);
}

bool endpoint_same(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && a->scope == b->scope && same_address(a, b);
}

bool endpoint_may_be_self(const struct endpoint *local, const struct endpoint *to)
{
	if (local->family != to->family || local->port != to->port || to->port == 0)
		return false;
	return endpoint_is_wildcard(to) || same_address(local, to);
}
