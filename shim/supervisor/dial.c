/* SPDX-License-Identifier: MIT */
/* One reported dial: makes it impossible that it reaches itself, and says how it goes on. */
#include "dial.h"

#include <errno.h>
#include <stddef.h>

#include "call.h"
#include "core/tcpsock.h"

/* One dial, and the program's socket as a descriptor of this process. */
struct dial {
	struct endpoint to, local;
	int socket;
	bool is_here; /* in the supervisor's own network namespace */
};

/*
 * The order is what keeps this from another program's socket: the thread of that pidfd has made the
 * call if the call still waits when the pidfd is there.
 */
static int fetch(struct supervisor *s, const struct seccomp_notif *n, int fd)
{
	uint64_t id = n->id;
	if (target_hold(&s->target, n->pid) < 0 ||
	    dial_request(s, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) < 0)
		return -ENOENT;
	return target_descriptor(&s->target, fd);
}

static int fetch_socket(struct supervisor *s, const struct seccomp_notif *n, int fd)
{
	const int socket = fetch(s, n, fd);
	if (socket != -ESRCH)
		return socket;
	/* What was held is a thread that has ended, whose number is in use again. */
	target_forget(&s->target);
	return fetch(s, n, fd);
}

/* Whether the dial leaves from the address it goes to. Ports aside. */
enum own { OWN_NO, OWN_YES, OWN_UNKNOWN };
static enum own leaves_from_destination(const struct dial *dial)
{
	struct endpoint local = dial->local;

	local.port = dial->to.port;
	if (!endpoint_is_wildcard(&local))
		return endpoint_may_be_self(&local, &dial->to) ? OWN_YES : OWN_NO;
	if (endpoint_is_wildcard(&dial->to) || endpoint_is_localhost(&dial->to))
		return OWN_YES;
	if (!dial->is_here)
		return OWN_UNKNOWN;
	return netns_is_own(&dial->to) ? OWN_YES : OWN_NO;
}

/* Where the two ends would have met. */
static struct endpoint self_of(const struct dial *dial)
{
	struct endpoint self = dial->local;

	if (endpoint_is_wildcard(&self))
		self = endpoint_is_wildcard(&dial->to) ? endpoint_localhost(&dial->to) : dial->to;
	self.port = dial->to.port;
	return self;
}

static long fail(const struct settings *settings, const struct dial *dial, struct log_event *event)
{
	event->self = self_of(dial);
	event->action = "failed";
	return -settings->error;
}

/* The program chose the source port itself. */
static long decide_pinned(const struct settings *settings, const struct dial *dial,
			  struct log_event *event)
{
	if (dial->local.port != dial->to.port || leaves_from_destination(dial) != OWN_YES)
		return DIAL_CONTINUE;
	const long result = fail(settings, dial, event);
	if (!settings->pinned_allowed)
		return result;
	event->action = "allowed";
	return DIAL_CONTINUE;
}

/* The kernel is to choose the source port: not the destination's. */
static long decide_free(const struct supervisor *s, const struct dial *dial, uint64_t id,
			struct log_event *event)
{
	const struct ports elsewhere = {0, 0};
	const struct ports ports = dial->is_here ? netns_ports(&s->netns) : elsewhere;
	/* The kernel counts notifications from a random start: multiplied, they are spread evenly.
	 */
	const uint32_t random = (uint32_t)(id * 0x9e3779b97f4a7c15 >> 32);
	uint32_t range;

	if (tcpsock_range(dial->socket, &range) < 0)
		return DIAL_CONTINUE;
	const struct ports_choice choice = ports_without(&ports, range, dial->to.port, random);
	if (choice.kind == PORTS_UNCHANGED || leaves_from_destination(dial) == OWN_NO)
		return DIAL_CONTINUE;
	if (choice.kind == PORTS_IMPOSSIBLE)
		return fail(&s->context->settings, dial, event);
	tcpsock_set_range(dial->socket, choice.range);
	return DIAL_CONTINUE;
}

static long decide(const struct supervisor *s, struct dial *dial, uint64_t id,
		   struct log_event *event)
{
	if (!tcpsock_is_tcp(dial->socket) || tcpsock_local(dial->socket, &dial->local) < 0)
		return DIAL_CONTINUE;
	dial->is_here = netns_has(&s->netns, dial->socket);
	if (dial->local.port != 0) {
		/* Only a socket in its first state can dial. */
		if (!tcpsock_is_closed(dial->socket))
			return DIAL_CONTINUE;
		if (tcpsock_is_pinned(dial->socket) > 0)
			return decide_pinned(&s->context->settings, dial, event);
	}
	return decide_free(s, dial, id, event);
}

long dial_decide(struct supervisor *supervisor, const struct seccomp_notif *notification,
		 struct log_event *event)
{
	struct call call;

	*event = (struct log_event){.action = NULL};
	if (call_is_probe(notification))
		return CALL_PROBE_ANSWER;
	if (notification->pid == 0 || !call_read(notification, &call))
		return DIAL_CONTINUE;
	struct dial dial = {.to = call.to};
	dial.socket = fetch_socket(supervisor, notification, call.fd);
	if (dial.socket < 0)
		return DIAL_CONTINUE;
	const long result = decide(supervisor, &dial, notification->id, event);
	sys_close(dial.socket);
	event->fd = call.fd;
	event->result = result;
	return result;
}
