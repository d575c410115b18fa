/* SPDX-License-Identifier: MIT */
/* Properties of a sequence, and changes to it so that its twins can be compared. */
#include "fuzz.h"

bool plan_has(const struct plan *plan, enum preset preset)
{
	return plan->presets >> preset & 1;
}

bool plan_is_tcp(const struct plan *plan)
{
	return plan->kind <= MPTCP6;
}

static bool dials(enum call call)
{
	return call == CONNECT || call == SENDTO || call == SENDMSG || call == SENDMMSG;
}

static int dial_count(const struct plan *plan)
{
	int n = 0;
	for (int i = 0; i < plan->steps; i++)
		n += dials(plan->step[i].call);
	return n;
}

bool plan_may_wait(const struct plan *plan)
{
	bool mapped = false, native = false;

	if (plan_has(plan, FREEBIND))
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

struct plan plan_without(const struct plan *plan, unsigned keep)
{
	struct plan less = *plan;

	less.presets &= keep >> MAX_STEPS;
	less.steps = 0;
	for (int i = 0; i < plan->steps; i++)
		if (keep & 1U << i)
			less.step[less.steps++] = plan->step[i];
	return less;
}

static enum host without_mapping(enum host host)
{
	return host == MAPPED_LOOPBACK ? LOOPBACK
	       : host == MAPPED_ANY    ? ANY
	       : host == MAPPED_OWN    ? OWN_ADDRESS
				       : host;
}

/*
 * In the kernel, an IPv6 socket that was refused by a v4-mapped host and then dials a native one
 * waits forever: only some of the non-blocking plans do that.
 */
static void keep_to_one_protocol(struct plan *plan, struct random *r)
{
	if (plan_has(plan, NONBLOCKING) && random_percent(r, 10))
		return;
	const int mapped = random_percent(r, 30);
	for (int i = 0; i < plan->steps; i++) {
		enum host *host = &plan->step[i].to.host;
		*host = without_mapping(*host);
		if (!mapped && *host == HOLE)
			*host = FOREIGN;
		if (mapped && *host != HOLE)
			*host = *host == ANY        ? MAPPED_ANY
				: *host == LOOPBACK ? MAPPED_LOOPBACK
						    : MAPPED_OWN;
	}
}

/*
 * A dial of a link-local address binds an IPv6 socket to that zone's interface, even if it fails.
 * bind() then refuses ::1, which is not an address of that interface, so a deferred port cannot be
 * allocated. Nothing but such a failed dial leads to that.
 */
static void leave_zones_out(struct plan *plan)
{
	bool deferred = false;
	for (int i = 0; i < plan->steps; i++) {
		struct step *step = &plan->step[i];
		deferred = deferred || (step->call == BIND && step->to.port == ZERO);
		if (deferred && step->call != BIND && step->to.host == BROADCAST)
			step->to.scope = 0;
	}
}

/*
 * A dial that another thread ends must wait for it, so it dials an address that never answers. Only
 * one in a plan, because the listener of the first takes that address.
 */
static void let_one_be_replaced(const struct plan *plan, struct step *step, bool *is_done)
{
	const bool waits = !*is_done && plan->kind <= TCP6 && !plan_has(plan, NONBLOCKING) &&
			   !plan_has(plan, FASTOPEN);
	if (step->descriptor != REPLACED)
		return;
	if (!waits) {
		step->descriptor = OWN;
		return;
	}
	*is_done = true;
	step->to = (struct address){.family = plan->kind == TCP4 ? AF_INET : AF_INET6,
				    .host = HOLE,
				    .port = DEAD,
				    .length = plan->kind == TCP4 ? sizeof(struct sockaddr_in)
								 : sizeof(struct sockaddr_in6)};
}

static int connects(const struct plan *plan)
{
	int n = 0;
	for (int i = 0; i < plan->steps; i++)
		n += plan->step[i].call == CONNECT;
	return n;
}

void rules_apply(struct plan *plan, struct random *r)
{
	/* No packet is sent before there are data, so a blocking second connect() waits forever. */
	if (connects(plan) > 1 && !plan_has(plan, NONBLOCKING))
		plan->presets &= ~(1U << FASTOPEN);
	/* A socket bound to an address that is not its own gets no answer. */
	if (dial_count(plan) > 0 && !plan_has(plan, NONBLOCKING))
		plan->presets &= ~(1U << FREEBIND);
	if (plan->kind == TCP6 || plan->kind == MPTCP6)
		keep_to_one_protocol(plan, r);
	if (plan->kind == TCP6 || plan->kind == MPTCP6)
		leave_zones_out(plan);
	bool is_done = false;
	for (int i = 0; i < plan->steps; i++)
		let_one_be_replaced(plan, &plan->step[i], &is_done);
}
