/* SPDX-License-Identifier: MIT */
/* The state of the model's socket and the program's options, chosen when they are first read. */
#define _GNU_SOURCE
#include "model_socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "search.h"

SEARCH_STATE struct model model;

/* Another thread closes the descriptor, or replaces it by another socket. */
static void change(int what)
{
	static const enum state states[] = {GONE, LISTENING, ELSEWHERE};
	static const char *const texts[] = {"closes it", "makes it a listener there",
					    "makes it a connection elsewhere"};
	/* Forget the old socket's state, except for the number of dials. */
	model = (struct model){.changed = true,
			       .state = states[what],
			       .to = model.to,
			       .is_send = model.is_send,
			       .memory_is_bad = model.memory_is_bad,
			       .dials = model.dials,
			       .first_failed = model.first_failed,
			       .told_pinned = model.told_pinned,
			       .last = model.last};
	model.port = model.state == LISTENING ? MODEL_PORT : OTHER_PORT;
	describe("  (another thread %s)\n", texts[what]);
}

long model_told(const char *name, long r)
{
	const bool is_refused = r == -EPERM || r == -EACCES;
	describe("  %-24s %s\n", name, r < 0 ? strerrorname_np((int)-r) : "right");
	if (is_refused && model.state == CLOSED && !model.changed && !model.told_pinned)
		model.pin_refused = true;
	return r;
}

long model_answer(const char *name)
{
	/* The errno matters only for a call that a sandbox may refuse. */
	static const int errors[] = {0, ENOMEM, EPERM};
	enum { CHANGES = 3 };
	const int possible = model.state == GONE ? 1 : model.pin_matters ? 3 : 2;
	int i = choose(possible + (model.changed || model.bind ? 0 : CHANGES));

	if (model.to >= TO_UNIX)
		flaw("the kernel is asked about a dial that cannot reach itself");
	if (i >= possible) {
		change(i - possible);
		i = 0;
	}
	return model_told(name, i == 0 && model.state == GONE ? -EBADF : -errors[i]);
}

static bool is_ipv6(void)
{
	if (model.to == TO_OPEN)
		model.to = model.is_send ? TO_IPV6 : TO_IPV4;
	return model.to == TO_IPV6;
}

void model_check_left_error(void)
{
	if (model.so_error && !model.changed && model.so_error_refused < ATTEMPTS_TO_RESTORE)
		flaw("an error is left in SO_ERROR");
	model.so_error = false;
	model.so_error_refused = 0;
}

void model_check_lent(void)
{
	const bool released = model.protocol == MPTCP && model.program_bound == ADDRESS;

	if (model.changed)
		return;
	if (model.no_port.value != model.no_port.own && model.no_port.refused < ATTEMPTS_TO_RESTORE)
		flaw("IP_BIND_ADDRESS_NO_PORT is not given back");
	model_check_left_error();
	if (model.bound != model.program_bound && !released)
		flaw("another address is bound than the program bound");
	model.no_port = (struct option){.chosen = OPEN};
	if (model.bound != PORT)
		model.bound = model.program_bound = BOUND_OPEN;
}

socklen_t model_name(void *address, enum host host, int port)
{
	static const uint8_t hosts4[][4] = {{127, 0, 0, 1}, {10, 9, 8, 7}, {0, 0, 0, 0}};
	static const uint8_t hosts6[][16] = {{0xfe, 0x80, [15] = 1}, {0xfe, 0x80, [15] = 2}, {0}};
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6,
				   .sin6_port = htons((uint16_t)port),
				   .sin6_scope_id = host != ANY};

	if (is_ipv6()) {
		memcpy(&in6.sin6_addr, hosts6[host], 16);
		memcpy(address, &in6, sizeof(in6));
		return sizeof(in6);
	}
	memcpy(&in.sin_addr, hosts4[host], 4);
	memcpy(address, &in, sizeof(in));
	return sizeof(in);
}

enum protocol model_protocol(void)
{
	if (model.protocol == PROTOCOL_OPEN) {
		model.protocol = (enum protocol)(TCP + choose(3));
		describe("  it is %s\n",
			 (const char *[]){"TCP", "MPTCP", "UDP"}[model.protocol - 1]);
	}
	return model.protocol;
}

enum bound model_bound(void)
{
	if (model.bound == BOUND_OPEN) {
		model.program_bound = model.bound = (enum bound)(NOT + choose(3));
		describe("  the program had bound %s\n",
			 (const char *[]){"nothing", "an address", "a port"}[model.bound - 1]);
	}
	return model.bound;
}

bool model_can_read(const void *pointer)
{
	return (uintptr_t)pointer >= 4096;
}

bool model_accepted(long result)
{
	return result >= 0 || result == -EINPROGRESS || result == -EINTR;
}
