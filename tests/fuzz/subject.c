/* SPDX-License-Identifier: MIT */
/* The socket of one twin: as it is made, and as it is in the end. */
#define _GNU_SOURCE
#include "subject.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/time.h>

#include "world.h"

/* From linux/in.h and linux/mptcp.h. */
enum { NO_PORT_HINT = 24, LOCAL_PORT_RANGE = 51, PROTOCOL_MPTCP = 262 };

void subject_mask(unsigned char *name, size_t size)
{
	sa_family_t family;

	if (size < 4)
		return;
	memcpy(&family, name, sizeof(family));
	if ((family == AF_INET || family == AF_INET6) &&
	    (name[2] == EPHEMERAL_HIGH || name[2] == NAMED_HIGH))
		name[3] = 0xee;
	for (size_t i = 3; family == AF_UNIX && !name[2] && i < 8 && i < size; i++)
		if ((name[i] >= '0' && name[i] <= '9') || (name[i] >= 'a' && name[i] <= 'f'))
			name[i] = 'x';
}

static void set(int fd, int level, int name, int value)
{
	/* Not every kind of socket has every option: then it goes without. */
	setsockopt(fd, level, name, &value, sizeof(value));
}

int subject_open(const struct plan *plan)
{
	static const int kinds[][3] = {
		[TCP4] = {AF_INET, SOCK_STREAM, 0},
		[TCP6] = {AF_INET6, SOCK_STREAM, 0},
		[MPTCP4] = {AF_INET, SOCK_STREAM, PROTOCOL_MPTCP},
		[MPTCP6] = {AF_INET6, SOCK_STREAM, PROTOCOL_MPTCP},
		[UDP4] = {AF_INET, SOCK_DGRAM, 0},
		[UDP6] = {AF_INET6, SOCK_DGRAM, 0},
		[UNIX_STREAM] = {AF_UNIX, SOCK_STREAM, 0},
	};
	static const struct {
		int level, name, value;
	} options[PRESETS] = {
		[OWN_HINT] = {IPPROTO_IP, NO_PORT_HINT, 1},
		[OWN_RANGE] = {IPPROTO_IP, LOCAL_PORT_RANGE, 0xc010 | 0xc0c0 << 16},
		[FULL_RANGE] = {IPPROTO_IP, LOCAL_PORT_RANGE,
				(int)(TAKEN_PORT | (unsigned)TAKEN_PORT << 16)},
		[REUSE] = {SOL_SOCKET, SO_REUSEADDR, 1},
		[FASTOPEN] = {IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1},
		[V6ONLY] = {IPPROTO_IPV6, IPV6_V6ONLY, 1},
		[FREEBIND] = {IPPROTO_IP, IP_FREEBIND, 1},
	};
	/* A call that waits is a difference sooner or later, but must not be the last. */
	static const struct timeval patience = {.tv_sec = PATIENCE / 1000};
	const int *kind = kinds[plan->kind];
	const int nonblocking = plan->presets & 1U << NONBLOCKING ? SOCK_NONBLOCK : 0;
	const int fd = socket(kind[0], kind[1] | SOCK_CLOEXEC | nonblocking, kind[2]);

	must(fd, "socket");
	if (!nonblocking)
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	for (int i = 0; i < PRESETS; i++)
		if (i != NONBLOCKING && plan->presets & 1U << i)
			set(fd, options[i].level, options[i].name, options[i].value);
	return fd;
}

static int option(int fd, int level, int name)
{
	int value = 0;
	socklen_t length = sizeof(value);
	return getsockopt(fd, level, name, &value, &length) < 0 ? -errno : value;
}

void subject_end(const struct calls *calls, int fd, struct end_state *end)
{
	socklen_t length = sizeof(end->name);

	end->hint = option(fd, IPPROTO_IP, NO_PORT_HINT);
	end->range = option(fd, IPPROTO_IP, LOCAL_PORT_RANGE);
	end->error = option(fd, SOL_SOCKET, SO_ERROR);
	end->reuse = option(fd, SOL_SOCKET, SO_REUSEADDR);
	end->flags = fcntl(fd, F_GETFL);
	end->listening = option(fd, SOL_SOCKET, SO_ACCEPTCONN);
	end->name_result = calls->getsockname(fd, (struct sockaddr *)end->name, &length);
	subject_mask(end->name, sizeof(end->name));
	length = sizeof(end->peer);
	end->peer_result = getpeername(fd, (struct sockaddr *)end->peer, &length);
	subject_mask(end->peer, sizeof(end->peer));
}
