/* SPDX-License-Identifier: MIT */
/* Handles one reported dial: keeps it from reaching itself and decides the answer. */
#include "dial.h"

#include <stddef.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/sys.h"
#include "core/tcpsock.h"
#include "ports.h"
#include "target.h"

/* One dial, and the program's socket as a descriptor of this process. */
struct dial {
	struct endpoint to, local;
	int socket;
	bool is_here; /* in the supervisor's own network namespace */
};

uint64_t dial_netns(int socket)
{
	enum { NETNS_COOKIE = 71 }; /* SO_NETNS_COOKIE, Linux 5.14 */
	uint64_t cookie = 0;
	sys_get_option_bytes(socket, SOL_SOCKET, NETNS_COOKIE, &cookie, sizeof(cookie));
	return cookie;
}

/* The ephemeral range of the dial's namespace; unknown for another namespace than this one. */
static struct ports ports_of(const struct supervisor *s, const struct dial *dial)
{
	char text[32] = "", *rest; /* stays empty where the range cannot be read */

	if (dial->is_here)
		(void)!pread(s->range_fd, text, sizeof(text) - 1, 0);
	const uint32_t low = (uint32_t)strtoul(text, &rest, 10);
	return (struct ports){low, (uint32_t)strtoul(rest, NULL, 10)};
}

/* Whether an unbound socket of this namespace that dials `to` gets that address as source address.
 */
static bool is_own(const struct endpoint *to)
{
	const int udp = socket(to->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct endpoint local = {.family = AF_UNSPEC};
	union socket_name name;
	const socklen_t length = endpoint_name(to, &name);

	/* Sends nothing, but gives the socket the source address of such a dial. */
	if (sys_connect(udp, &name, length) == 0)
		tcpsock_local(udp, &local);
	sys_close(udp);
	local.port = to->port;
	return endpoint_may_be_self(&local, to);
}

long dial_request(const struct supervisor *supervisor, unsigned long request, void *argument)
{
	return SYSCALL(SYS_ioctl, supervisor->listener, request, argument);
}

/*
 * The order matters: if the call still waits after pidfd_open(), the pidfd is that of the thread
 * that made it, so the descriptor is never another program's.
 */
int dial_fetch(const struct supervisor *supervisor, const struct seccomp_notif *notification,
	       int fd)
{
	const int pidfd = target_pidfd(notification->pid);
	uint64_t id = notification->id;
	const long r = dial_request(supervisor, SECCOMP_IOCTL_NOTIF_ID_VALID, &id);
	const int copy = r < 0 ? (int)r : target_descriptor(pidfd, fd);

	sys_close(pidfd);
	return copy;
}

/* Whether source and destination address are the same, whatever the ports. */
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
	return is_own(&dial->to) ? OWN_YES : OWN_NO;
}

static long fail(const struct settings *settings, const struct dial *dial, struct log_event *event)
{
	struct endpoint *self = &event->self; /* the name that both ends would have had */

	*self = dial->local;
	if (endpoint_is_wildcard(self))
		*self = endpoint_is_wildcard(&dial->to) ? endpoint_localhost(&dial->to) : dial->to;
	self->port = dial->to.port;
	event->action = "failed";
	return -settings->error;
}

/* For a socket whose source port the program chose. */
static long decide_pinned(const struct settings *settings, const struct dial *dial,
			  struct log_event *event)
{
	if (dial->local.port != dial->to.port || leaves_from_destination(dial) != OWN_YES)
		return DIAL_CONTINUE;
	const long result = fail(settings, dial, event);
	event->action = settings->pinned_allowed ? "allowed" : "failed";
	return settings->pinned_allowed ? DIAL_CONTINUE : result;
}

/* For a socket whose source port the kernel chooses: excludes the destination port. */
static long decide_free(const struct supervisor *s, const struct dial *dial, uint64_t id,
			struct log_event *event)
{
	const struct ports ports = ports_of(s, dial);
	/* The kernel numbers notifications; multiplied, these numbers are spread evenly. */
	const uint32_t random = (uint32_t)(id * 0x9e3779b97f4a7c15 >> 32);
	uint32_t range;

	if (tcpsock_range(dial->socket, &range) < 0)
		return DIAL_CONTINUE;
	const struct ports_choice choice = ports_without(&ports, range, dial->to.port, random);
	if (choice.kind == PORTS_UNCHANGED)
		return DIAL_CONTINUE;
	const enum own own = leaves_from_destination(dial);
	if (choice.kind == PORTS_IMPOSSIBLE && own == OWN_YES)
		return fail(&s->context->settings, dial, event);
	if (choice.kind == PORTS_NARROWED && own != OWN_NO)
		tcpsock_set_range(dial->socket, choice.range);
	return DIAL_CONTINUE;
}

static long decide(const struct supervisor *s, struct dial *dial, uint64_t id,
		   struct log_event *event)
{
	if (!tcpsock_is_tcp(dial->socket) || tcpsock_local(dial->socket, &dial->local) < 0)
		return DIAL_CONTINUE;
	dial->is_here = dial_netns(dial->socket) == s->netns;
	if (dial->local.port != 0) {
		/* A socket that is not closed cannot dial. */
		if (!tcpsock_is_closed(dial->socket))
			return DIAL_CONTINUE;
		if (tcpsock_is_pinned(dial->socket) > 0)
			return decide_pinned(&s->context->settings, dial, event);
	}
	return decide_free(s, dial, id, event);
}

long dial_decide(const struct supervisor *supervisor, const struct seccomp_notif *notification,
		 struct log_event *event)
{
	struct dial dial;
	int fd;

	*event = (struct log_event){.action = NULL};
	if (target_is_probe(notification))
		return TARGET_PROBE_ANSWER;
	if (!target_dial(notification, &fd, &dial.to))
		return DIAL_CONTINUE;
	dial.socket = dial_fetch(supervisor, notification, fd);
	if (dial.socket < 0)
		return DIAL_CONTINUE;
	const long result = decide(supervisor, &dial, notification->id, event);
	sys_close(dial.socket);
	event->fd = fd;
	event->result = result;
	return result;
}
