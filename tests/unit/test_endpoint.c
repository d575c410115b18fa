/* SPDX-License-Identifier: MIT */
/* Endpoints: from socket addresses and back, and which are equal. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/endpoint.h"
#include "unit.h"

static struct endpoint at(const char *address, uint16_t port)
{
	struct endpoint end = {.family = AF_INET, .port = port};
	if (inet_pton(AF_INET, address, end.address) == 1)
		return end;
	end.family = AF_INET6;
	CHECK(inet_pton(AF_INET6, address, end.address) == 1);
	return end;
}

static struct endpoint in_zone(struct endpoint end, uint32_t zone)
{
	end.scope = zone;
	return end;
}

static bool may_be_self(struct endpoint local, struct endpoint to)
{
	return endpoint_may_be_self(&local, &to);
}

static void what_may_be_self(void)
{
	CHECK(may_be_self(at("127.0.0.1", 50000), at("127.0.0.1", 50000)));
	CHECK(!may_be_self(at("127.0.0.1", 50001), at("127.0.0.1", 50000)));
	CHECK(!may_be_self(at("127.0.0.1", 50000), at("127.0.0.2", 50000)));
	CHECK(!may_be_self(at("::ffff:127.0.0.1", 50000), at("127.0.0.1", 50000)));
	/* Wildcards stand for any own address. */
	CHECK(may_be_self(at("127.0.0.1", 50000), at("0.0.0.0", 50000)));
	CHECK(may_be_self(at("10.1.2.3", 50000), at("0.0.0.0", 50000)));
	CHECK(may_be_self(at("::1", 50000), at("::", 50000)));
	CHECK(may_be_self(at("::ffff:127.0.0.1", 50000), at("::ffff:0.0.0.0", 50000)));
	CHECK(may_be_self(at("::ffff:127.0.0.1", 50000), at("::", 50000)));
	CHECK(!may_be_self(at("::1", 50001), at("::", 50000)));
	/* Port 0 is no port. */
	CHECK(!may_be_self(at("127.0.0.1", 0), at("127.0.0.1", 0)));
	/* The program's address may lack the zone. */
	CHECK(may_be_self(in_zone(at("fe80::1", 50000), 2), at("fe80::1", 50000)));
}

static void what_is_the_same(void)
{
	const struct endpoint one = in_zone(at("::1", 5), 2), copy = one;
	const struct endpoint others[] = {in_zone(at("::1", 6), 2), in_zone(at("::2", 5), 2),
					  in_zone(at("::1", 5), 3), at("127.0.0.1", 5)};
	CHECK(endpoint_same(&one, &copy));
	for (unsigned i = 0; i < sizeof(others) / sizeof(*others); i++)
		CHECK(!endpoint_same(&one, &others[i]));
}

static void wildcards(void)
{
	const char *wild[] = {"0.0.0.0", "::", "::ffff:0.0.0.0"};
	const char *tame[] = {"0.0.0.1",    "127.0.0.1", "::1",      "::ffff:127.0.0.1",
			      "::fffe:0:0", "1::",       "::1:0:0:0"};
	for (unsigned i = 0; i < sizeof(wild) / sizeof(*wild); i++) {
		struct endpoint end = at(wild[i], 5);
		CHECK(endpoint_is_wildcard(&end));
	}
	for (unsigned i = 0; i < sizeof(tame) / sizeof(*tame); i++) {
		struct endpoint end = at(tame[i], 5);
		CHECK(!endpoint_is_wildcard(&end));
	}
}

/* Lengths: accepts what the kernel accepts, and reads no byte more. */
static void lengths(void)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(7)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(7)};
	in6.sin6_scope_id = 9;
	for (socklen_t n = 0; n <= sizeof(in6); n++) {
		/* A heap block of just that size, so that a sanitizer sees a byte too many. */
		void *exact = malloc(n ? n : 1);
		memcpy(exact, &in, n < sizeof(in) ? n : sizeof(in));
		if (n <= sizeof(in))
			CHECK(endpoint_of(exact, n).family ==
			      (n < sizeof(in) ? AF_UNSPEC : AF_INET));
		memcpy(exact, &in6, n);
		const struct endpoint end = endpoint_of(exact, n);
		CHECK(end.family == (n < 24 ? AF_UNSPEC : AF_INET6));
		CHECK(end.scope == (n == sizeof(in6) ? 9 : 0));
		free(exact);
	}
	CHECK(endpoint_of(NULL, sizeof(in)).family == AF_UNSPEC);
	in.sin_family = AF_UNIX;
	CHECK(endpoint_of(&in, sizeof(in)).family == AF_UNSPEC);
}

static void there_and_back(void)
{
	const struct endpoint ends[] = {at("127.0.0.1", 50000), at("::1", 50000),
					in_zone(at("fe80::2", 50000), 3)};
	for (unsigned i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		union socket_name name;
		const socklen_t length = endpoint_name(&ends[i], &name);
		const struct endpoint back = endpoint_of(&name, length);
		CHECK(endpoint_same(&ends[i], &back));
	}
}

static void localhosts(void)
{
	static const char *const pairs[][2] = {{"10.9.9.9", "127.0.0.1"},
					       {"fe80::2", "::1"},
					       {"::ffff:10.9.9.9", "::ffff:127.0.0.1"}};
	for (unsigned i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		const struct endpoint other = at(pairs[i][0], 7), local = at(pairs[i][1], 7);
		const struct endpoint found = endpoint_localhost(&other);
		CHECK(endpoint_same(&found, &local));
		CHECK(endpoint_is_localhost(&local) && !endpoint_is_localhost(&other));
	}
}

int main(void)
{
	what_may_be_self();
	what_is_the_same();
	wildcards();
	lengths();
	there_and_back();
	localhosts();
	return verdict_of_unit();
}
