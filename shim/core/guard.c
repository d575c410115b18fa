/* SPDX-License-Identifier: MIT */
/* Dial, look, undo, dial again: the one loop behind every door. Knows nothing of preloading. */
#include "guard.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include "endpoint.h"
#include "tcpsock.h"
#include "verdict.h"

/* One call of the program's, as it goes through the loop. */
struct attempt {
	int fd;
	const struct door *door;
	const void *call;
	long result;          /* of the latest dial, or a negative errno */
	struct endpoint self; /* where it met itself */
	uint32_t range;       /* the program's own IP_LOCAL_PORT_RANGE, where the kernel has it */
	struct facts facts;
};

static void dial(struct attempt *a)
{
	a->result = a->door->dial(a->call);
	/* A library behind this one that fails without an errno has failed all the same. */
	if (a->result < 0)
		a->result = errno ? -errno : -EIO;
}

/*
 * Whether this call met nothing new: the program asks a second time whether its dial is done, and
 * it is, with a self-connection that the settings let be. To undo it now would be to never end.
 */
static bool is_known(const struct attempt *a, const struct settings *settings)
{
	return a->result == 0 && (settings->pinned_allowed || settings->mode == MODE_OBSERVE) &&
	       tcpsock_was_connected(a->fd);
}

static void look(struct attempt *a, const struct settings *settings)
{
	a->facts.outcome = OUTCOME_OTHER;
	if (a->result == -EADDRNOTAVAIL) {
		a->facts.outcome = OUTCOME_NO_PORT;
	} else if (a->result >= 0 || a->result == -EINPROGRESS || a->result == -EINTR) {
		socklen_t length = 0;
		const void *destination = a->door->destination(a->call, &length);
		struct endpoint self;
		/* UNIX sockets and AF_UNSPEC end here, before any system call. */
		if (endpoint_port(destination, length) == 0 ||
		    !tcpsock_reached_self(a->fd, destination, length, &self) ||
		    is_known(a, settings))
			return;
		a->facts.outcome = OUTCOME_SELF;
		a->facts.met_self = true;
		a->self = self;
	}
}

/* What can only be asked of an unconnected socket, and costs too much to ask before it matters. */
static void ask(struct attempt *a)
{
	if (a->facts.tries > 0)
		return;
	if (a->facts.outcome == OUTCOME_NO_PORT)
		a->facts.pinned = !tcpsock_is_tcp(a->fd) || tcpsock_is_pinned(a->fd);
	if (a->facts.outcome == OUTCOME_SELF) {
		a->facts.pinned = tcpsock_is_pinned(a->fd);
		a->facts.can_aim = tcpsock_range(a->fd, &a->range) == 0;
	}
}

/* Looks at the latest dial, undoes it where it reached itself, and says what to do next. */
static enum verdict judge(struct attempt *a, const struct settings *settings)
{
	look(a, settings);
	if (a->facts.outcome == OUTCOME_OTHER)
		return VERDICT_GIVE;
	if (settings->mode != MODE_OBSERVE) {
		/* What cannot be undone can only be told. */
		if (a->facts.outcome == OUTCOME_SELF && tcpsock_dissolve(a->fd) < 0)
			return VERDICT_OBSERVE;
		/* A dissolved MPTCP socket falls back to the range that it dialled from. */
		if (a->facts.can_aim && a->facts.tries > 0)
			tcpsock_set_range(a->fd, a->range);
		ask(a);
	}
	return verdict_of(settings, &a->facts);
}

/* Dials from a port that is not the one it met itself on, where the kernel can be told so. */
static void dial_elsewhere(struct attempt *a)
{
	const enum aim aim = verdict_aim(&a->facts);
	uint32_t beside;

	a->facts.sides++;
	if (aim != AIM_ANYWHERE && !verdict_range(a->range, a->self.port, aim, &beside)) {
		a->result = -EADDRNOTAVAIL;
		return;
	}
	const bool aimed = aim != AIM_ANYWHERE && tcpsock_set_range(a->fd, beside) == 0;
	/*
	 * A thread that is cancelled or jumps out of the dial leaves the bound behind, on a socket
	 * that is half connected and only good for close().
	 */
	dial(a);
	a->facts.tries++;
	if (aimed)
		tcpsock_set_range(a->fd, a->range);
}

long guard_dial(const struct settings *settings, const struct log_stderr *stderr_at_start, int fd,
		const struct door *door, const void *call)
{
	const int errno_before = errno;
	struct attempt a = {.fd = fd, .door = door, .call = call};
	const char *action = "retried";
	enum verdict verdict;

	if (settings->disabled)
		return door->dial(call);
	dial(&a);
	while ((verdict = judge(&a, settings)) == VERDICT_RETRY || verdict == VERDICT_REPEAT) {
		if (verdict == VERDICT_RETRY) {
			dial_elsewhere(&a);
		} else {
			a.facts.spurious++;
			dial(&a);
		}
	}
	if (verdict == VERDICT_OBSERVE) {
		action = "observed";
	} else if (verdict == VERDICT_ALLOW) {
		action = "allowed";
		dial(&a);
	} else if (verdict == VERDICT_FAIL) {
		action = "failed";
		a.result = -settings->error;
	}
	if (a.facts.met_self) {
		const struct log_entry entry = {fd, a.self, action, a.facts.tries, a.result};
		log_write(settings, stderr_at_start, &entry);
	}
	errno = a.result < 0 ? (int)-a.result : errno_before;
	return a.result < 0 ? -1 : a.result;
}
