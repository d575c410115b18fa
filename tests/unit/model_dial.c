/* SPDX-License-Identifier: MIT */
/* The program's own dials of the model's socket. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "model_socket.h"
#include "search.h"

/* Possible results of connect(), of a send that dials, or of both. */
enum ways { CONNECT = 1, SEND = 2, BOTH = CONNECT | SEND };

struct outcome {
	const char *text;
	long result;
	enum state state;
	int port;
	enum ways ways;
};

static const struct outcome outcomes[] = {
	{"0, elsewhere", 0, ELSEWHERE, OTHER_PORT, CONNECT},
	{"0, to itself", 0, SELF, MODEL_PORT, CONNECT},
	{"ECONNREFUSED", -ECONNREFUSED, CLOSED, OTHER_PORT, BOTH},
	{"EADDRNOTAVAIL", -EADDRNOTAVAIL, CLOSED, 0, BOTH},
	{"EFAULT", -EFAULT, CLOSED, 0, BOTH},
	{"fails without an errno", -EIO, CLOSED, 0, CONNECT},
	{"EINPROGRESS, connected to itself", -EINPROGRESS, SELF, MODEL_PORT, BOTH},
	{"EINPROGRESS, on its way to itself", -EINPROGRESS, SELF_COMING, MODEL_PORT, BOTH},
	{"EINPROGRESS, on its way elsewhere", -EINPROGRESS, COMING, OTHER_PORT, BOTH},
	{"EINTR, on its way to itself", -EINTR, SELF_COMING, MODEL_PORT, CONNECT},
	{"EINTR, on its way elsewhere", -EINTR, COMING, OTHER_PORT, CONNECT},
	{"0, elsewhere from a port of that number", 0, ELSEWHERE, MODEL_PORT, CONNECT},
	{"0, to another that has the same name by NAT", 0, REAL, MODEL_PORT, CONNECT},
	{"0, on its way to itself (deferred fast open)", 0, SELF_COMING, MODEL_PORT, CONNECT},
	{"4 bytes sent, to itself", 4, SELF, MODEL_PORT, SEND},
	{"4 bytes sent, elsewhere", 4, ELSEWHERE, OTHER_PORT, SEND},
	{"4 bytes sent, to another that has the same name by NAT", 4, REAL, MODEL_PORT, SEND},
	{"EINVAL, but connected to itself", -EINVAL, SELF, MODEL_PORT, SEND},
	{"EINVAL, but connected elsewhere", -EINVAL, ELSEWHERE, OTHER_PORT, SEND},
	{"0, for an earlier call had connected it to itself", 0, SELF, MODEL_PORT, CONNECT},
	{"EISCONN, for an earlier call had connected it to itself", -EISCONN, SELF, MODEL_PORT,
	 SEND},
};
enum { OUTCOMES = sizeof(outcomes) / sizeof(*outcomes), EARLIER = OUTCOMES - 2 };

static bool is_possible(const struct outcome *o)
{
	if (o >= &outcomes[EARLIER] && model.dials > 0)
		return false;
	/* A pinned socket has one port. */
	if (model.bound == PORT && model.met && o->port == OTHER_PORT)
		return false;
	if (model.to == TO_ANY && o->state == ELSEWHERE && o->port == MODEL_PORT)
		return false;
	if (model.memory_is_bad)
		return o->result == -EFAULT;
	return o->ways & (model.is_send ? SEND : CONNECT);
}

static const struct outcome *choose_outcome(void)
{
	const struct outcome *possible[OUTCOMES];
	int count = 0;

	for (int i = 0; i < OUTCOMES; i++)
		if (is_possible(&outcomes[i]))
			possible[count++] = &outcomes[i];
	return possible[choose(count)];
}

/* The destination: one of those that fit the outcome. */
static void choose_destination(void)
{
	static const enum destination all[] = {TO_IPV4, TO_ANY, TO_UNIX, TO_NOBODY};
	static const enum destination of_send[] = {TO_IPV6, TO_UNIX, TO_NOBODY};
	static const char *const texts[] = {
		"", "IPv4", "the IPv4 wildcard", "IPv6, its zone left out", "UNIX", "nobody"};
	const bool others = model.port != MODEL_PORT;
	/* A dial of the wildcard reaches an own address. */
	const int same_port = model.state == ELSEWHERE ? 1 : 2;

	if (model.to != TO_OPEN || !model_accepted(model.last))
		return;
	model.to = model.is_send ? of_send[choose(others ? 3 : 1)]
				 : all[choose(others ? 4 : same_port)];
	describe("  the destination is %s\n", texts[model.to]);
}

static void dial_closed(void)
{
	const struct outcome *o = choose_outcome();

	describe("dial %-19d %s\n", model.dials + 1, o->text);
	model.last = o->result;
	model.state = o->state;
	model.port = o->port;
	model.earlier = o >= &outcomes[EARLIER];
	model.nonblocking = model.earlier || o->result == -EINPROGRESS ? YES : NO;
	choose_destination();
	model.range_dialled = model.protocol == MPTCP ? model.range.value : 0;
}

static void write_destination(struct sockaddr_storage *to)
{
	memset(to, 0, sizeof(*to));
	if (model.to == TO_UNIX)
		to->ss_family = AF_UNIX;
	if (model.to == TO_IPV4 || model.to == TO_ANY || model.to == TO_IPV6)
		model_name(to, model.to == TO_ANY ? ANY : OWN, MODEL_PORT);
	if (model.to == TO_IPV6)
		((struct sockaddr_in6 *)to)->sin6_scope_id = 0;
}

APART static long dial_(void *destination)
{
	const bool repeats = model.last == -EADDRNOTAVAIL && !model.met;

	model.spurious += model.dials > 0 && repeats;
	if (model.state == CLOSED) {
		dial_closed();
	} else {
		const bool busy = model.state == COMING || model.state == SELF_COMING;
		model.last = model.state == GONE ? -EBADF : busy ? -EALREADY : -EISCONN;
		describe("dial %-19d %s\n", model.dials + 1, strerrorname_np((int)-model.last));
	}
	model_check_lent();
	model.first_failed |= model.dials == 0 && model.last < 0 && !model.is_send;
	model.dials++;
	model.blind = model.stuck = model.info_refused = false;
	write_destination(destination);
	return model.last;
}

long model_dial(void *destination)
{
	return search_forget(dial_(destination));
}
