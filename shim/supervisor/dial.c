/* SPDX-License-Identifier: MIT */
/* One reported dial: makes it impossible that it reaches itself, and says how it goes on. */
#include "dial.h"

#include <errno.h>
#include <stddef.h>

#include "call.h"
#include "core/sys.h"
#include "core/tcpsock.h"

enum { SOCKET_COOKIE = 57 }; /* SO_COOKIE */

/* One dial, and the program's socket as a descriptor of this process. */
struct dial {
	struct endpoint to, local;
	int socket;
	struct netns *netns;
};

/*
 * The order is what keeps this from another program's socket: the thread of that pidfd has made the
 * call if the call still waits when the pidfd is there.
 */
static int fetch(struct supervisor *s, const struct seccomp_notification *n, int fd)
{
	const int pidfd = target_pidfd(&s->target, n->tid);
	if (pidfd < 0 || notify(s->listener, NOTIFY_ID_VALID, &n->id) < 0)
		return -ENOENT;
	return target_descriptor(&s->target, fd);
}

/* A cached pidfd may be that of a thread that has ended, whose number is in use again. */
static int fetch_socket(struct supervisor *s, const struct seccomp_notification *n, int fd)
{
	int socket = fetch(s, n, fd);
	if (socket == -ESRCH) {
		target_forget(&s->target);
		socket = fetch(s, n, fd);
	}
	return socket;
}

/* Whether the dial leaves from the address it goes to. Ports aside. */
static enum netns_own leaves_from_destination(struct supervisor *s, const struct dial *dial)
{
	struct endpoint local = dial->local;

	local.port = dial->to.port;
	if (!endpoint_is_wildcard(&local))
		return endpoint_may_be_self(&local, &dial->to) ? OWN_YES : OWN_NO;
	return netns_is_own(s->netns, dial->netns, &dial->to);
}

static struct narrowed *narrowed_slot(struct supervisor *s, int socket, uint64_t *cookie)
{
	*cookie = netns_cookie(socket, SOCKET_COOKIE);
	return &s->narrowed[*cookie % NARROWED_SOCKETS];
}

/* Keeps the kernel from choosing the destination's port; -EADDRNOTAVAIL where it has no other. */
static long leave_port_out(struct supervisor *s, const struct dial *dial, uint32_t random)
{
	char buffer[NETNS_RESERVED_SIZE];
	struct ports ports;
	uint32_t range;
	uint64_t cookie;

	if (tcpsock_range(dial->socket, &range) < 0)
		return 0;
	netns_ports(dial->netns, &ports, buffer);
	struct ports_choice choice = ports_without(&ports, range, dial->to.port, random);
	if (choice.kind == PORTS_UNCHANGED)
		return 0;
	struct narrowed *slot = narrowed_slot(s, dial->socket, &cookie);
	if (cookie && slot->cookie == cookie && slot->narrowed == range) {
		range = slot->own;
		choice = ports_without(&ports, range, dial->to.port, random);
	}
	if (choice.kind == PORTS_IMPOSSIBLE)
		return -EADDRNOTAVAIL;
	*slot = (struct narrowed){cookie, range, choice.range};
	tcpsock_set_range(dial->socket, choice.range);
	return 0;
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

static long decide(struct supervisor *s, const struct seccomp_notification *n, struct dial *dial,
		   struct log_event *event)
{
	const struct settings *settings = &s->context->settings;

	if (!tcpsock_is_tcp(dial->socket) || tcpsock_local(dial->socket, &dial->local) < 0)
		return DIAL_CONTINUE;
	/* Only a socket in its first state can dial. */
	if (dial->local.port != 0 && !tcpsock_is_closed(dial->socket))
		return DIAL_CONTINUE;
	dial->netns = netns_of_socket(s->netns, dial->socket, s->target.pidfd);
	const enum netns_own own = dial->netns ? leaves_from_destination(s, dial) : OWN_NO;
	if (own == OWN_NO)
		return DIAL_CONTINUE;
	event->self = self_of(dial);
	if (dial->local.port == dial->to.port && tcpsock_is_pinned(dial->socket) > 0) {
		if (own == OWN_UNKNOWN)
			return DIAL_CONTINUE;
		event->action = settings->pinned_allowed ? "allowed" : "failed";
		return settings->pinned_allowed ? DIAL_CONTINUE : -settings->error;
	}
	/* The kernel counts notifications from a random start: multiplied, they are spread evenly.
	 */
	const uint32_t random = (uint32_t)(n->id * 0x9e3779b97f4a7c15 >> 32);
	if (leave_port_out(s, dial, random) == 0)
		return DIAL_CONTINUE;
	event->action = "failed";
	return -settings->error;
}

long dial_decide(struct supervisor *supervisor, const struct seccomp_notification *notification,
		 struct log_event *event)
{
	struct dial dial;
	struct call call;

	event->action = NULL;
	if (notification->tid == 0 || call_read(notification, &call) < 0)
		return DIAL_CONTINUE;
	if (call_is_probe(&call))
		return CALL_PROBE_ANSWER;
	dial.to = endpoint_of(call.address, call.length);
	if (dial.to.port == 0)
		return DIAL_CONTINUE;
	dial.socket = fetch_socket(supervisor, notification, call.fd);
	if (dial.socket < 0)
		return DIAL_CONTINUE;
	*event = (struct log_event){.fd = call.fd};
	const long result = decide(supervisor, notification, &dial, event);
	event->result = result;
	sys_close(dial.socket);
	return result;
}
