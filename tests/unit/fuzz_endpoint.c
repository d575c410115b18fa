/* SPDX-License-Identifier: MIT */
/* Fuzzes the reading and comparing of addresses, with libc's structures and text as the oracle. */
#include "fuzz.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "core/endpoint.h"

/* An end as the kernel takes it: whether it is one, and what of it counts. */
struct oracle {
	int is_one;
	int family;
	int port;
	unsigned scope;
	char text[INET6_ADDRSTRLEN];
};

static struct oracle read_as_libc(const uint8_t *bytes, size_t length)
{
	struct oracle o = {.is_one = 0};
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		uint8_t bytes[128];
	} name = {.bytes = {0}};

	memcpy(name.bytes, bytes, length < sizeof(name) ? length : sizeof(name));
	if (length >= 16 && name.any.sa_family == AF_INET) {
		o = (struct oracle){1, AF_INET, ntohs(name.in.sin_port), 0, ""};
		inet_ntop(AF_INET, &name.in.sin_addr, o.text, sizeof(o.text));
	} else if (length >= 24 && name.any.sa_family == AF_INET6) {
		o = (struct oracle){1, AF_INET6, ntohs(name.in6.sin6_port),
				    length >= 28 ? name.in6.sin6_scope_id : 0, ""};
		inet_ntop(AF_INET6, &name.in6.sin6_addr, o.text, sizeof(o.text));
	}
	return o;
}

static int names_no_address(const struct oracle *o)
{
	return strcmp(o->text, "0.0.0.0") == 0 || strcmp(o->text, "::") == 0 ||
	       strcmp(o->text, "::ffff:0.0.0.0") == 0;
}

static struct endpoint read_both(const uint8_t *bytes, size_t length, struct oracle *o)
{
	/* Of just its size, so that a byte too far is seen. */
	uint8_t *exact = malloc(length ? length : 1);
	memcpy(exact, bytes, length);
	const struct endpoint end = endpoint_of(exact, (socklen_t)length);
	free(exact);

	*o = read_as_libc(bytes, length);
	AGREE((end.family != AF_UNSPEC) == o->is_one);
	if (!o->is_one)
		return end;
	AGREE(end.family == o->family && end.port == o->port && end.scope == o->scope);
	AGREE(endpoint_is_wildcard(&end) == names_no_address(o));

	/* There and back again. */
	union socket_name name;
	struct oracle again;
	const socklen_t size = endpoint_name(&end, &name);
	again = read_as_libc((const uint8_t *)&name, size);
	AGREE(size == (end.family == AF_INET ? 16 : 28) && again.is_one);
	AGREE(again.port == o->port && again.scope == o->scope && !strcmp(again.text, o->text));
	return end;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oracle a, b;

	if (size < 2)
		return 0;
	/* The first byte says where the second address begins, or that it is the first one again.
	 */
	const size_t rest = size - 1, cut = data[0] % (rest + 1);
	const struct endpoint local = read_both(data + 1, cut, &a);
	const struct endpoint to = data[0] & 0x80 ? read_both(data + 1, cut, &b)
						  : read_both(data + 1 + cut, rest - cut, &b);
	if (!a.is_one || !b.is_one)
		return 0;
	const int alike = a.family == b.family && a.port == b.port;
	const int same_text = strcmp(a.text, b.text) == 0;
	AGREE(endpoint_same(&local, &to) == (alike && same_text && a.scope == b.scope));
	AGREE(endpoint_may_be_self(&local, &to) ==
	      (alike && b.port != 0 && (same_text || names_no_address(&b))));
	return 0;
}
