/* SPDX-License-Identifier: MIT */
/* Generates a sequence of calls from a seed and its number. */
#include "fuzz.h"

#include <sys/un.h>

/* A random element of a list. */
#define ONE_OF(r, ...)                                                                             \
	((const int[]){                                                                            \
		__VA_ARGS__})[random_below(r, sizeof((const int[]){__VA_ARGS__}) / sizeof(int))]

static sa_family_t family_of(enum kind kind)
{
	static const sa_family_t families[] = {
		[TCP4] = AF_INET, [TCP6] = AF_INET6, [MPTCP4] = AF_INET,     [MPTCP6] = AF_INET6,
		[UDP4] = AF_INET, [UDP6] = AF_INET6, [UNIX_STREAM] = AF_UNIX};
	return families[kind];
}

static socklen_t exact_length(sa_family_t family)
{
	return family == AF_INET6  ? sizeof(struct sockaddr_in6)
	       : family == AF_UNIX ? sizeof(struct sockaddr_un)
				   : sizeof(struct sockaddr_in);
}

/* 0, short, exact, long, huge, and negative for the kernel's signed types. */
static socklen_t any_length(struct random *r)
{
	return (socklen_t)ONE_OF(r, 0, 1, 2, 3, 4, 7, 8, 12, 15, 16, 17, 23, 24, 25, 27, 28, 29, 64,
				 110, 111, 128, 129, 4096, 0x7fffffff, (int)0x80000000, -16, -1);
}

/* Most arguments are valid. */
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
					 READ_ONLY, NULL_POINTER, UNMAPPED, IN_STACK, BEYOND_FILE);
	if (where.place != AT_PAGE_END) {
		where.have = random_percent(r, 20) ? 1 + random_below(r, 3) : 0;
		return where;
	}
	/* A third of those at the end of a page are cut off by it. */
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
 * A TCP dial never uses the port of a bind() in the same sequence: the socket would be connected to
 * itself, and there the twins must differ.
 */
static enum port any_port(struct random *r, const struct plan *plan, enum call call)
{
	if (call == BIND && plan_has(plan, FULL_RANGE))
		/*
		 * A deferred bind() succeeds although no port is free for all destinations: that is
		 * its purpose. bind.bats tests it.
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

/* The two never overlap: the prototype declares both `restrict`. */
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
	if (step->call != SENDTO && random_percent(r, 20))
		step->control = (enum control)ONE_OF(r, BAD_TYPE, BAD_LENGTH, BAD_POINTER);
	step->message = any_place(r, sizeof(struct msghdr));
	/* C requires alignment for a structure with pointers, so the library may rely on it. */
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
	if (step->call == CONNECT && random_percent(r, 2))
		step->descriptor = REPLACED;
	step->backlog = ONE_OF(r, 0, 1, 5, 128, -1, 0x7fffffff);
	if (step->call == GETSOCKNAME)
		any_look(r, step);
	else if (step->call != LISTEN)
		any_address(r, plan, step);
	if (step->call == SENDTO || step->call == SENDMSG || step->call == SENDMMSG)
		any_send(r, step);
}

static enum kind any_kind(struct random *r)
{
	/* Percentages. */
	static const unsigned share[] = {[TCP4] = 44, [TCP6] = 32, [MPTCP4] = 6,     [MPTCP6] = 4,
					 [UDP4] = 4,  [UDP6] = 4,  [UNIX_STREAM] = 6};
	unsigned n = random_below(r, 100), kind = 0;

	while (n >= share[kind])
		n -= share[kind++];
	return (enum kind)kind;
}

void plan_make(struct plan *plan, uint64_t seed, uint64_t index)
{
	struct random r = random_of(seed, index);

	*plan = (struct plan){.kind = any_kind(&r), .steps = 2 + (int)random_below(&r, 3)};
	for (unsigned preset = 0; preset < PRESETS; preset++)
		if (random_percent(&r, 10))
			plan->presets |= 1U << preset;
	if (plan_has(plan, FULL_RANGE))
		plan->presets &= ~(1U << OWN_RANGE);
	for (int i = 0; i < plan->steps; i++)
		any_step(&r, plan, &plan->step[i]);
	rules_apply(plan, &r);
}
