/* SPDX-License-Identifier: MIT */
/* Connect, detect, disconnect, connect again: the loop for every call that dials. */
#include "guard.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include "detect_self.h"
#include "endpoint.h"
#include "tcpsock.h"
#include "verdict.h"

/* The state of one call of the program while the loop runs. */
struct attempt {
	const struct settings *settings;
	int fd;
	const struct connect_op *op;
	const void *call;
	long result;          /* of the latest dial */
	struct endpoint self; /* the name of the latest self-connection */
	uint32_t range;       /* the program's own IP_LOCAL_PORT_RANGE, if the kernel has it */
	struct dial_state state;
};

static void dial(struct attempt *a)
{
	a->result = a->op->connect(a->call);
}

/*
 * Whether an earlier call made this self-connection and the settings allow it. The program keeps
 * it: a program that polls by connect() would otherwise dial forever.
 */
static bool is_known(const struct attempt *a)
{
	return a->result == 0 &&
	       (a->settings->pinned_allowed || a->settings->mode == MODE_OBSERVE) &&
	       tcpsock_was_connected(a->fd);
}

/* Whether the call failed because the socket was already connected or connecting. */
static bool was_dialled_before(long result)
{
	return result == -EISCONN || result == -EALREADY;
}

static bool reached_self(struct attempt *a)
{
	socklen_t length = 0;
	const void *to;

	if (a->result < 0 && a->result != -EINPROGRESS && a->result != -EINTR)
		return a->op->can_fail_connected && !was_dialled_before(a->result) &&
		       detect_self_by_peer(a->fd, &a->self);
	to = a->op->destination(a->call, &length);
	return detect_self(a->fd, to, length, &a->self) && !is_known(a);
}

static enum outcome outcome_of(struct attempt *a)
{
	if (a->result == -EADDRNOTAVAIL)
		return OUTCOME_NO_PORT;
	return reached_self(a) ? OUTCOME_SELF : OUTCOME_OTHER;
}

/* If a sandbox refuses bind(), the socket may be pinned: NOSELF_PINNED=allow treats it so. */
static bool is_pinned(const struct attempt *a)
{
	const long r = tcpsock_is_pinned(a->fd);
	return r > 0 || (a->settings->pinned_allowed && (r == -EACCES || r == -EPERM));
}

/* Reads what only an unconnected socket shows: once. */
static void probe_socket(struct attempt *a)
{
	if (a->state.outcome != OUTCOME_SELF || a->state.tries > 0)
		return;
	a->state.pinned = is_pinned(a);
	a->state.has_port_range = tcpsock_range(a->fd, &a->range) == 0;
}

/* Disconnects the socket where it reached itself, and decides what to do next. */
static enum verdict judge(struct attempt *a)
{
	a->state.outcome = outcome_of(a);
	if (a->state.outcome == OUTCOME_OTHER)
		return VERDICT_RETURN;
	if (a->state.outcome == OUTCOME_SELF)
		a->state.met_self = true;
	if (a->settings->mode != MODE_OBSERVE) {
		/* If disconnecting fails, only log. */
		if (a->state.outcome == OUTCOME_SELF && tcpsock_disconnect(a->fd) < 0)
			return VERDICT_OBSERVE;
		/* A disconnected MPTCP socket falls back to the range that it dialled with. */
		if (a->state.has_port_range)
			tcpsock_set_range(a->fd, a->range);
		probe_socket(a);
	}
	return verdict_of(a->settings, &a->state);
}

/* Dials from another source port; kernels without IP_LOCAL_PORT_RANGE may choose the same again. */
static void dial_elsewhere(struct attempt *a)
{
	const enum side side = verdict_side(&a->state);
	uint32_t beside;

	a->state.sides_tried++;
	if (side != SIDE_ANY && !verdict_range(a->range, a->self.port, side, &beside)) {
		a->result = -EADDRNOTAVAIL;
		return;
	}
	if (side != SIDE_ANY)
		tcpsock_set_range(a->fd, beside);
	/*
	 * A thread that is cancelled here, or leaves by longjmp(), leaves the range set. Its socket
	 * is half connected, so the program can only close it.
	 */
	dial(a);
	a->state.tries++;
	if (side != SIDE_ANY)
		tcpsock_set_range(a->fd, a->range);
}

static void dial_again(struct attempt *a, enum verdict verdict)
{
	if (verdict == VERDICT_RETRY) {
		dial_elsewhere(a);
	} else {
		a->state.spurious++;
		dial(a);
	}
}

/* Carries out the last verdict; returns the action for the log. */
static const char *finish(struct attempt *a, enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_OBSERVE:
		return "observed";
	case VERDICT_ALLOW:
		dial(a);
		return "allowed";
	case VERDICT_FAIL:
		a->result = -a->settings->error;
		return "failed";
	default:
		return "retried";
	}
}

long guard_dial(const struct settings *settings, int fd, const struct connect_op *op,
		const void *call, long result, struct log_event *event)
{
	struct attempt a = {
		.settings = settings, .fd = fd, .op = op, .call = call, .result = result};
	enum verdict verdict;

	event->action = NULL;
	if (settings->mode == MODE_OFF)
		return a.result;
	while ((verdict = judge(&a)) == VERDICT_RETRY || verdict == VERDICT_REPEAT)
		dial_again(&a, verdict);
	const char *action = finish(&a, verdict);
	if (a.state.met_self)
		*event = (struct log_event){action, fd, a.self, a.state.tries, a.result};
	return a.result;
}
