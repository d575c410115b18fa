/* SPDX-License-Identifier: MIT */
/* One sequence of calls as data: made from a seed and its number, shrunk by leaving parts out. */
#define _GNU_SOURCE
#include "plan.h"

#include <netinet/in.h>
#include <sys/un.h>

#include "random.h"
#include "rules.h"

const char *const host_names[HOSTS][2] = {
	[LOOPBACK] = {"127.0.0.1", "::1"},
	[LOOPBACK_2] = {"127.0.0.2", "fd00::2"},
	[OWN_ADDRESS] = {"192.0.2.7", "fd00::7"},
	[ANY] = {"0.0.0.0", "::"},
	[FOREIGN] = {"203.0.113.9", "2001:db8::9"},
	[HOLE] = {"198.51.100.1", "::ffff:198.51.100.1"},
	[MULTICAST] = {"224.0.0.1", "ff02::1"},
	[BROADCAST] = {"255.255.255.255", "fe80::1"},
	[MAPPED_LOOPBACK] = {"127.0.0.1", "::ffff:127.0.0.1"},
	[MAPPED_ANY] = {"0.0.0.0", "::ffff:0.0.0.0"},
	[MAPPED_OWN] = {"192.0.2.7", "::ffff:192.0.2.7"},
};

/* One of a list. */
#define ONE_OF(r, ...)                                                                             \
	((const int[]){                                                                            \
		__VA_ARGS__})[random_below(r, sizeof((const int[]){__VA_ARGS__}) / sizeof(int))]

static sa_family_t family_of(enum kind kind)
{
	switch (kind) {
	case TCP4:
	case MPTCP4:
	case UDP4:
		return AF_INET;
	case TCP6:
	case MPTCP6:
	case UDP6:
		return AF_INET6;
	default:
		return AF_UNIX;
	}
}

bool plan_is_tcp(const struct plan *plan)
{
	return plan->kind <= MPTCP6;
}

static socklen_t exact_length(sa_family_t family)
{
	return family == AF_INET6  ? sizeof(struct sockaddr_in6)
	       : family == AF_UNIX ? sizeof(struct sockaddr_un)
				   : sizeof(struct sockaddr_in);
}

/* 0, short, exact, long, huge, and negative where the kernel's own type is signed. */
static socklen_t any_length(struct random *r)
{
	return (socklen_t)ONE_OF(r, 0, 1, 2, 3, 4, 7, 8, 12, 15, 16, 17, 23, 24, 25, 27, 28, 29, 64,
				 110, 111, 128, 129, 4096, 0x7fffffff, (int)0x80000000, -16, -1);
}

/* Most of what a program hands over is in order. */
static struct where any_place(struct random *r, unsigned whole)
{
	struct where where = {.place = ON_STACK};
	if (random_percent(r, 50))
		return where;
	if (random_percent(r, 20)) {
		where.have = 1 + random_below(r, 3);
		return where;
	}
	where.place = (enum place)ONE_OF(r, ON_HEAP, STATIC, OTHER_STACK, AT_PAGE_END, AT_PAGE_END,
					 READ_ONLY, NULL_POINTER, UNMAPPED);
	if (where.place != AT_PAGE_END) {
		where.have = random_percent(r, 20) ? 1 + random_below(r, 3) : 0;
		return where;
	}
	/* A third of those at a page's end end in the middle. */
	where.have = random_percent(r, 33) && whole ? random_below(r, whole) : whole;
	return where;
}

static enum host any_host(struct random *r, sa_family_t family)
{
	if (random_percent(r, 40))
		return LOOPBACK;
	return random_below(r, family == AF_INET6 ? HOSTS : MAPPED_LOOPBACK);
}

static sa_family_t any_family(struct random *r, sa_family_t own)
{
	if (random_percent(r, 88))
		return own;
	return (sa_family_t)ONE_OF(r, AF_UNSPEC, AF_UNSPEC, AF_INET, AF_INET6, AF_UNIX, 77, 0xffff);
}

/*
 * A TCP dial never goes to the port that a bind() of the same sequence names: the outcome would be
 * a socket connected to itself, which is the one thing that is to differ.
 */
static enum port any_port(struct random *r, const struct plan *plan, enum call call)
{
	if (call == BIND && (plan->presets & 1U << FULL_RANGE))
		/*
		 * With the hint a bind() without a port succeeds where no whole port is free: that
		 * is what the hint is for, and shown in bind.bats.
		 */
		return (enum port)ONE_OF(r, NAMED, NAMED, LIVE);
	if (call == BIND)
		return (enum port)ONE_OF(r, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, NAMED, NAMED, LIVE);
	if (!plan_is_tcp(plan) && random_percent(r, 20))
		return NAMED;
	if (plan->kind == MPTCP4 || plan->kind == MPTCP6)
		return (enum port)ONE_OF(r, DEAD, DEAD, DEAD, LIVE_MPTCP, LIVE, ZERO);
	return (enum port)ONE_OF(r, DEAD, DEAD, DEAD, DEAD, DEAD, LIVE, LIVE, ZERO, ZERO,
				 LIVE_MPTCP);
}

static void any_address(struct random *r, const struct plan *plan, struct step *step)
{
	struct address *to = &step->to;

	to->family = any_family(r, family_of(plan->kind));
	to->host = any_host(r, to->family);
	to->port = any_port(r, plan, step->call);
	to->scope = random_percent(r, 10) ? (uint32_t)ONE_OF(r, 1, 2, -1) : 0;
	to->length = random_percent(r, 80) ? exact_length(to->family) : any_length(r);
	to->where = any_place(r, to->length < 128 ? to->length : 128);
}

/* The two are never the same memory: the prototype says `restrict` of both. */
static void any_look(struct random *r, struct step *step)
{
	step->room = random_percent(r, 60) ? (socklen_t)ONE_OF(r, 16, 28, 128) : any_length(r);
	step->name = any_place(r, step->room < 128 ? step->room : 128);
	step->length = any_place(r, sizeof(socklen_t));
}

static void any_send(struct random *r, struct step *step)
{
	step->flags = ONE_OF(r, 0, MSG_FASTOPEN, MSG_FASTOPEN, MSG_FASTOPEN | MSG_DONTWAIT,
			     MSG_DONTWAIT, MSG_NOSIGNAL);
	step->size = (unsigned)ONE_OF(r, 0, 1, 4, 4, 100);
	step->data = any_place(r, step->size);
	step->message = any_place(r, sizeof(struct msghdr));
	/* Where a structure of pointers may not lie in C, the library need not read it. */
	if (step->message.place != AT_PAGE_END)
		step->message.have = 0;
	else
		step->message.have &= ~7U;
	step->count = (unsigned)ONE_OF(r, 0, 1, 1, 2, 2, 3, 1025, -1);
	step->have_messages =
		step->count > 3 || random_percent(r, 20) ? random_below(r, 3) : step->count;
}

static void any_step(struct random *r, const struct plan *plan, struct step *step)
{
	step->call = (enum call)ONE_OF(r, CONNECT, CONNECT, CONNECT, CONNECT, BIND, BIND, BIND,
				       BIND, BIND, GETSOCKNAME, GETSOCKNAME, GETSOCKNAME,
				       GETSOCKNAME, GETSOCKNAME, SENDTO, SENDTO, SENDMSG, SENDMSG,
				       SENDMMSG, LISTEN, LISTEN);
	step->descriptor = OWN;
	if (random_percent(r, 8))
		step->descriptor = (enum descriptor)ONE_OF(r, DUPLICATE, DUPLICATE, DUPLICATE,
							   CLOSED, NEGATIVE, A_FILE, A_PIPE);
	step->backlog = ONE_OF(r, 0, 1, 5, 128, -1, 0x7fffffff);
	step->depth = random_below(r, 8192) & ~15U;
	if (step->call == GETSOCKNAME)
		any_look(r, step);
	else if (step->call != LISTEN)
		any_address(r, plan, step);
	if (step->call == SENDTO || step->call == SENDMSG || step->call == SENDMMSG)
		any_send(r, step);
}

static enum kind any_kind(struct random *r)
{
	const unsigned n = random_below(r, 100);
	return n < 44   ? TCP4
	       : n < 76 ? TCP6
	       : n < 82 ? MPTCP4
	       : n < 86 ? MPTCP6
	       : n < 90 ? UDP4
	       : n < 94 ? UDP6
			: UNIX_STREAM;
}

static bool dials(enum call call)
{
	return call == CONNECT || call == SENDTO || call == SENDMSG || call == SENDMMSG;
}

int plan_dials(const struct plan *plan)
{
	int n = 0;
	for (int i = 0; i < plan->steps; i++)
		n += dials(plan->step[i].call);
	return n;
}

bool plan_may_wait(const struct plan *plan)
{
	bool mapped = false, native = false;

	if (plan->presets & 1U << FREEBIND)
		return true;
	for (int i = 0; i < plan->steps; i++) {
		const enum host host = plan->step[i].to.host;
		if (!dials(plan->step[i].call))
			continue;
		if (host == HOLE)
			return true;
		mapped = mapped || host >= MAPPED_LOOPBACK;
		native = native || host < MAPPED_LOOPBACK;
	}
	return mapped && native;
}

void plan_make(struct plan *plan, uint64_t seed, uint64_t index)
{
	struct random r = random_of(seed, index);

	*plan = (struct plan){.kind = any_kind(&r), .steps = 2 + (int)random_below(&r, 3)};
	for (unsigned preset = 0; preset < PRESETS; preset++)
		if (random_percent(&r, 10))
			plan->presets |= 1U << preset;
	if (plan->presets & 1U << FULL_RANGE)
		plan->presets &= ~(1U << OWN_RANGE);
	for (int i = 0; i < plan->steps; i++)
		any_step(&r, plan, &plan->step[i]);
	rules_apply(plan, &r);
}

struct plan plan_without(const struct plan *plan, unsigned keep)
{
	struct plan less = *plan;

	less.presets &= keep >> MOST_STEPS;
	less.steps = 0;
	for (int i = 0; i < plan->steps; i++)
		if (keep & 1U << i)
			less.step[less.steps++] = plan->step[i];
	return less;
}
