/* SPDX-License-Identifier: MIT */
/* The socket of one twin: creates it, makes the calls, and reads its final state. */
#include "fuzz.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/time.h>

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
		[OWN_NO_PORT] = {IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1},
		[OWN_RANGE] = {IPPROTO_IP, LOCAL_PORT_RANGE, 0xc010 | 0xc0c0 << 16},
		[FULL_RANGE] = {IPPROTO_IP, LOCAL_PORT_RANGE,
				(int)(TAKEN_PORT | (unsigned)TAKEN_PORT << 16)},
		[REUSE] = {SOL_SOCKET, SO_REUSEADDR, 1},
		[FASTOPEN] = {IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1},
		[V6ONLY] = {IPPROTO_IPV6, IPV6_V6ONLY, 1},
		[FREEBIND] = {IPPROTO_IP, IP_FREEBIND, 1},
	};
	/* A call that waits ends after a while: it may be a difference, and the run must go on. */
	static const struct timeval patience = {.tv_sec = PATIENCE / 1000};
	const int *kind = kinds[plan->kind];
	const int nonblocking = plan_has(plan, NONBLOCKING) ? SOCK_NONBLOCK : 0;
	const int fd = new_socket(kind[0], kind[1] | SOCK_CLOEXEC | nonblocking, kind[2]);

	if (!nonblocking)
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	/* Ignore errors: not every kind of socket has every option. */
	for (unsigned i = NONBLOCKING + 1; i < PRESETS; i++)
		if (plan_has(plan, i))
			setsockopt(fd, options[i].level, options[i].name, &options[i].value,
				   sizeof(int));
	return fd;
}

long call_perform(enum way way, enum call call, int fd, const void *a, size_t b, int c,
		  const void *d, size_t e)
{
	static const long numbers[CALLS] = {SYS_connect, SYS_bind,     SYS_getsockname, SYS_sendto,
					    SYS_sendmsg, SYS_sendmmsg, SYS_listen};

	if (way == RAW && call == GETSOCKNAME)
		return syscall(SYS_getsockname, fd, a, d);
	if (way == RAW)
		return syscall(numbers[call], fd, a, b, c, d, e);
	switch (call) {
	case CONNECT:
		return connect(fd, a, (socklen_t)b);
	case BIND:
		return bind(fd, a, (socklen_t)b);
	case GETSOCKNAME:
		return getsockname(fd, (void *)a, (void *)d);
	case SENDTO:
		return sendto(fd, a, b, c, d, (socklen_t)e);
	case SENDMSG:
		return sendmsg(fd, a, (int)b);
	case SENDMMSG:
		return sendmmsg(fd, (void *)a, (unsigned)b, c);
	default:
		return listen(fd, (int)(intptr_t)a);
	}
}

static int option(int fd, int level, int name)
{
	int value = 0;
	socklen_t length = sizeof(value);
	return getsockopt(fd, level, name, &value, &length) < 0 ? -errno : value;
}

void subject_end(enum way way, int fd, struct end_state *end)
{
	socklen_t length = sizeof(end->name);

	end->no_port = option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
	end->range = option(fd, IPPROTO_IP, LOCAL_PORT_RANGE);
	end->error = option(fd, SOL_SOCKET, SO_ERROR);
	end->reuse = option(fd, SOL_SOCKET, SO_REUSEADDR);
	end->flags = fcntl(fd, F_GETFL);
	end->listening = option(fd, SOL_SOCKET, SO_ACCEPTCONN);
	end->name_result = call_perform(way, GETSOCKNAME, fd, end->name, 0, 0, &length, 0);
	subject_mask(end->name, sizeof(end->name));
	length = sizeof(end->peer);
	end->peer_result = getpeername(fd, (struct sockaddr *)end->peer, &length);
	subject_mask(end->peer, sizeof(end->peer));
}
