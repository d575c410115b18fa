/* SPDX-License-Identifier: MIT */
/* Detects that a socket is connected to itself. Changes nothing. */
#include "detect_self.h"

#include <errno.h>
#include <stddef.h>

#include "sys.h"
#include "tcpinfo.h"
#include "tcpsock.h"

/*
 * Whether this is a TCP socket that, by TCP_INFO, can be connected to itself. Out of line, because
 * struct tcpinfo takes much of the stack.
 */
__attribute__((noinline)) static bool can_be_self(int fd)
{
	struct tcpinfo info;
	/* For MPTCP since Linux 5.16. For AF_SMC it is that of the TCP socket inside. */
	const long r = tcpsock_info(fd, &info);
	return (r >= 0 || tcpsock_is_tcp(fd)) && tcpinfo_can_be_self(&info);
}

uint16_t detect_self_port(int fd)
{
	/* The port has the same offset in IPv4 and IPv6 addresses. */
	union {
		struct sockaddr_in6 whole;
		struct endpoint_start start;
		uint32_t word;
	} name;
	socklen_t length = sizeof(name);

	name.word = 0;
	sys_getsockname(fd, &name, &length);
	return name.start.port;
}

bool detect_self(int fd, const void *to, socklen_t to_length, struct endpoint *self)
{
	const struct endpoint_start *start = to ? endpoint_start(to, to_length) : NULL;
	union socket_name name;
	socklen_t length = sizeof(name);

	if (!start || start->port != detect_self_port(fd) ||
	    sys_getsockname(fd, &name, &length) < 0)
		return false;
	const struct endpoint destination = endpoint_of(to, to_length);
	*self = endpoint_of(&name, length);
	if (!endpoint_may_be_self(self, &destination) || !can_be_self(fd))
		return false;
	long r = sys_getpeername(fd, &name, &length);
	if (r == -ENOTCONN)
		return true;
	const struct endpoint peer = endpoint_of(r < 0 ? NULL : &name, length);
	return endpoint_same(self, &peer);
}

bool detect_self_by_peer(int fd, struct endpoint *self)
{
	union socket_name peer;
	socklen_t length = sizeof(peer);
	return sys_getpeername(fd, &peer, &length) == 0 && detect_self(fd, &peer, length, self);
}
