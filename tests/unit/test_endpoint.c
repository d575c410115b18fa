/* SPDX-License-Identifier: MIT */
/* Endpoints: from socket addresses and back, as text, and which are equal. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "core/endpoint.h"
#include "core/text.h"
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

static struct endpoint in_zone(const char *address, uint16_t port, uint32_t zone)
{
	struct endpoint end = at(address, port);
	end.scope = zone;
	return end;
}

static const char *text_of(const struct endpoint *end)
{
	static struct text text;
	text_start(&text);
	text_endpoint(&text, end);
	text_char(&text, '\0');
	return text.at;
}

/* The address is written as libc does, and there and back it is the same. */
static void check_endpoint(struct endpoint end)
{
	char address[INET6_ADDRSTRLEN], expected[64];
	union socket_name name;
	const struct endpoint back = endpoint_of(&name, endpoint_name(&end, &name));

	CHECK(endpoint_same(&end, &back));
	inet_ntop(end.family, end.address, address, sizeof(address));
	/* libc writes ::a.b.c.d for a deprecated form that RFC 5952 does not have. */
	if (end.family == AF_INET6 && strchr(address, '.') && strncmp(address, "::ffff:", 7) != 0)
		return;
	snprintf(expected, sizeof(expected), end.family == AF_INET ? "%s:%u" : "[%s]:%u", address,
		 end.port);
	CHECK_TEXT(text_of(&end), expected);
}

static void addresses(void)
{
	static const struct {
		const char *address, *localhost;
		bool is_wildcard;
	} rows[] = {
		{"0.0.0.0", "127.0.0.1", true},
		{"0.0.0.1", "127.0.0.1", false},
		{"127.0.0.1", "127.0.0.1", false},
		{"255.10.0.9", "127.0.0.1", false},
		{"::", "::1", true},
		{"::1", "::1", false},
		{"1::", "::1", false},
		{"::1:0:0:0", "::1", false},
		{"100::ffff:0:0", "::1", false},
		{"::ff:0:0", "::1", false},
		{"1.0.0.0", "127.0.0.1", false},
		{"::ffff:1.0.0.0", "::ffff:127.0.0.1", false},
		{"::fffe:0:0", "::1", false},
		{"::ffff:0.0.0.0", "::ffff:127.0.0.1", true},
		{"::ffff:10.9.9.9", "::ffff:127.0.0.1", false},
		{"::ffff:127.0.0.1", "::ffff:127.0.0.1", false},
	};
	for (unsigned i = 0; i < COUNT(rows); i++) {
		const struct endpoint end = at(rows[i].address, 7);
		const struct endpoint localhost = at(rows[i].localhost, 7);
		const struct endpoint found = endpoint_localhost(&end);
		CHECK(endpoint_is_wildcard(&end) == rows[i].is_wildcard);
		CHECK(endpoint_same(&found, &localhost));
		CHECK(endpoint_is_localhost(&end) == endpoint_same(&end, &localhost));
		check_endpoint(end);
	}
	const struct endpoint zoned = in_zone("fe80::1", 50000, 7);
	CHECK_TEXT(text_of(&zoned), "[fe80::1%7]:50000");
	/* Addresses with many zero groups. */
	srand(1);
	for (int i = 0; i < 20000; i++) {
		struct endpoint end = {.family = AF_INET6, .port = 1};
		for (int b = 0; b < 16; b += 2)
			if (rand() % 2)
				end.address[b + rand() % 2] = (uint8_t)rand();
		if (rand() % 8 == 0)
			end.address[10] = end.address[11] = 0xff;
		check_endpoint(end);
	}
}

static void which_are_the_same(void)
{
	const struct endpoint one = in_zone("::1", 5, 2);
	const struct endpoint ends[] = {one, in_zone("::1", 6, 2), in_zone("::2", 5, 2),
					in_zone("::1", 5, 3), at("127.0.0.1", 5)};
	static const struct {
		const char *local, *to;
		uint16_t local_port, port;
		bool may_be_self;
	} dials[] = {
		{"127.0.0.1", "127.0.0.1", 5, 5, true},
		{"127.0.0.1", "127.0.0.1", 6, 5, false},
		{"127.0.0.1", "127.0.0.1", 0, 0, false}, /* port 0 is no port */
		{"127.0.0.1", "127.0.0.2", 5, 5, false},
		{"10.0.0.1", "11.0.0.1", 5, 5, false},
		{"::ffff:127.0.0.1", "127.0.0.1", 5, 5, false},
		/* Wildcards stand for any own address. */
		{"10.1.2.3", "0.0.0.0", 5, 5, true},
		{"::1", "::", 5, 5, true},
		{"::1", "::", 6, 5, false},
		{"::ffff:127.0.0.1", "::", 5, 5, true},
		{"::ffff:127.0.0.1", "::ffff:0.0.0.0", 5, 5, true},
	};
	for (unsigned i = 0; i < COUNT(ends); i++)
		CHECK(endpoint_same(&one, &ends[i]) == (i == 0));
	for (unsigned i = 0; i < COUNT(dials); i++) {
		const struct endpoint local = at(dials[i].local, dials[i].local_port);
		const struct endpoint to = at(dials[i].to, dials[i].port);
		CHECK(endpoint_may_be_self(&local, &to) == dials[i].may_be_self);
	}
	/* The program's address may lack the zone. */
	const struct endpoint without_zone = in_zone("::1", 5, 0);
	CHECK(endpoint_may_be_self(&one, &without_zone));
}

/* As the kernel accepts them. */
static void lengths(void)
{
	static const struct {
		sa_family_t family;
		socklen_t length;
		sa_family_t found;
		uint32_t scope;
	} rows[] = {
		{AF_INET, 15, AF_UNSPEC, 0},  {AF_INET, 16, AF_INET, 0},
		{AF_INET6, 23, AF_UNSPEC, 0}, {AF_INET6, 24, AF_INET6, 0},
		{AF_INET6, 27, AF_INET6, 0},  {AF_INET6, 28, AF_INET6, 9},
		{AF_UNIX, 28, AF_UNSPEC, 0},  {AF_INET, 1, AF_UNSPEC, 0},
	};
	for (unsigned i = 0; i < COUNT(rows); i++) {
		const struct sockaddr_in6 name = {
			.sin6_family = rows[i].family, .sin6_port = htons(7), .sin6_scope_id = 9};
		const struct endpoint end = endpoint_of(&name, rows[i].length);
		CHECK(end.family == rows[i].found && end.scope == rows[i].scope);
		CHECK(end.port == (rows[i].found == AF_UNSPEC ? 0 : 7));
	}
	CHECK(endpoint_of(NULL, 16).family == AF_UNSPEC);
	CHECK(endpoint_last_word(AF_INET) == 4 && endpoint_last_word(AF_INET6) == 20);
}

int main(void)
{
	addresses();
	which_are_the_same();
	lengths();
	return verdict_of_unit();
}
