/* SPDX-License-Identifier: MIT */
/* Reads and changes the kernel's state of one TCP socket. Keeps no state of its own. */
#include "tcpsock.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>

#include "sys.h"

/* From linux/in.h and others, for C libraries older than the kernel. */
enum { BIND_NO_PORT = 24, LOCAL_PORT_RANGE = 51, PROTOCOL_SMC = 256, PROTOCOL_MPTCP = 262 };

/* How often to try to restore a socket: a lack of memory may be temporary. */
enum { ATTEMPTS = 4 };

long tcpsock_local(int fd, struct endpoint *local)
{
	union socket_name name;
	socklen_t length = sizeof(name);
	long r = sys_getsockname(fd, &name, &length);
	*local = endpoint_of(r < 0 ? NULL : &name, length);
	return r;
}

static long protocol_of(int fd)
{
	int protocol;
	const long r = sys_get_option(fd, SOL_SOCKET, SO_PROTOCOL, &protocol);
	return r < 0 ? r : protocol;
}

bool tcpsock_is_tcp(int fd)
{
	const long protocol = protocol_of(fd);
	return protocol == IPPROTO_TCP || protocol == PROTOCOL_MPTCP || protocol == PROTOCOL_SMC;
}

long tcpsock_info(int fd, struct tcpinfo *info)
{
	tcpinfo_start(info);
	return sys_get_option_bytes(fd, IPPROTO_TCP, TCP_INFO, info, sizeof(*info));
}

bool tcpsock_was_connected(int fd)
{
	union socket_name peer;
	socklen_t length = sizeof(peer);
	return sys_nonblocking(fd) == 1 && sys_getpeername(fd, &peer, &length) == 0;
}

bool tcpsock_is_closed(int fd)
{
	struct tcpinfo info;
	return tcpsock_info(fd, &info) >= 0 && info.state == TCPINFO_CLOSE;
}

long tcpsock_disconnect(int fd)
{
	const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
	int leftover;
	long r = sys_connect(fd, &nobody, sizeof(nobody));
	if (r < 0)
		return r;
	/* The reset leaves ECONNRESET in SO_ERROR; reading clears it. */
	for (int i = 0; i < ATTEMPTS; i++)
		if (sys_get_option(fd, SOL_SOCKET, SO_ERROR, &leftover) >= 0)
			break;
	return 0;
}

/* Binds to this address and port 0. */
static long bind_address(int fd, const struct endpoint *address)
{
	struct endpoint without_port = *address;
	union socket_name name;

	without_port.port = 0;
	socklen_t length = endpoint_name(&without_port, &name);
	return sys_bind(fd, &name, length);
}

long tcpsock_is_pinned(int fd)
{
	struct endpoint local;
	long r = tcpsock_local(fd, &local);

	if (local.port == 0)
		return r;
	const long no_port = tcpsock_bind_no_port(fd);
	if (no_port < 0)
		return no_port;
	if (no_port == 0 && (r = tcpsock_set_bind_no_port(fd, true)) < 0)
		return r;
	/*
	 * A disconnected MPTCP socket shows the address that it dialled from, even if it was never
	 * bound. Binding that address would force the next dial to use it, so bind the wildcard.
	 */
	r = protocol_of(fd);
	if (r == PROTOCOL_MPTCP)
		local = (struct endpoint){.family = local.family};
	if (r >= 0)
		r = bind_address(fd, &local);
	if (no_port == 0)
		tcpsock_set_bind_no_port(fd, false);
	return r == -EINVAL ? 1 : r;
}

/* Restores an option. Tries again: the program must not find the library's value in it. */
static void restore(int fd, int name, int value)
{
	long r = -1;
	for (int i = 0; i < ATTEMPTS && r < 0; i++)
		r = sys_set_option(fd, IPPROTO_IP, name, value);
}

long tcpsock_range(int fd, uint32_t *range)
{
	int value;
	long r = sys_get_option(fd, IPPROTO_IP, LOCAL_PORT_RANGE, &value);
	*range = (uint32_t)value;
	return r;
}

void tcpsock_set_range(int fd, uint32_t range)
{
	restore(fd, LOCAL_PORT_RANGE, (int)range);
}

long tcpsock_bind_no_port(int fd)
{
	int value;
	long r = sys_get_option(fd, IPPROTO_IP, BIND_NO_PORT, &value);
	return r < 0 ? r : value != 0;
}

long tcpsock_set_bind_no_port(int fd, bool on)
{
	if (on)
		return sys_set_option(fd, IPPROTO_IP, BIND_NO_PORT, 1);
	restore(fd, BIND_NO_PORT, 0);
	return 0;
}

long tcpsock_set_bind_no_port_for(int fd, sa_family_t family, const void *address)
{
	/*
	 * The last word of the address is passed as the option's value: 0, which clears it, for
	 * every wildcard; for other addresses not 0, which sets it. An IPv6 address that ends in
	 * four zero bytes does not get the option.
	 */
	const uintptr_t at = (uintptr_t)address + endpoint_last_word(family);
	return sys_set_option_from(fd, IPPROTO_IP, BIND_NO_PORT, (const void *)at);
}

bool tcpsock_port_is_deferred(int fd, const struct endpoint *local)
{
	return local->family != AF_UNSPEC && local->port == 0 && !endpoint_is_wildcard(local) &&
	       tcpsock_is_tcp(fd) && tcpsock_bind_no_port(fd) == 0;
}

long tcpsock_allocate_port(int fd, const struct endpoint *local)
{
	long r = bind_address(fd, local);
	if (r == -EINVAL)
		return 0;
	if (r < 0 && tcpsock_set_bind_no_port(fd, true) == 0) {
		/* The kernel also released the address: bind it again, still without a port. */
		bind_address(fd, local);
		tcpsock_set_bind_no_port(fd, false);
	}
	return r;
}
