/* SPDX-License-Identifier: MIT */
/* What the kernel knows of one TCP socket, and how to change it. Remembers nothing. */
#pragma once

#include "endpoint.h"
#include "tcpinfo.h"

/* All return 0 or more, or a negative errno; the thread's errno is undefined afterwards. */

/* The socket's own name; family AF_UNSPEC where it is no internet socket. */
long tcpsock_local(int fd, struct endpoint *local);

/* Whether it speaks TCP, MPTCP or SMC, which falls back to TCP. A socket that cannot be asked does
 * not. */
bool tcpsock_is_tcp(int fd);

/* What TCP_INFO says; all that the kernel does not say is as tcpinfo_start() sets it. */
long tcpsock_info(int fd, struct tcpinfo *info);

/*
 * Whether a dial that gave 0 found the socket connected by an earlier one: where it does not wait,
 * none is done at once, but for a deferred fast open, which knows no peer yet.
 */
bool tcpsock_was_connected(int fd);

/* Whether it is in its first state: not connected, connecting or listening. False if unknown. */
bool tcpsock_is_closed(int fd);

/*
 * Disconnects on the same socket: descriptor, options, duplicates, epoll and flags
 * stay, received data goes, no TIME_WAIT is left, SO_ERROR is clear, and a port that the kernel
 * chose is free again.
 */
long tcpsock_disconnect(int fd);

/*
 * Whether an unconnected socket is *pinned*: bound by the program itself to a port of its choice,
 * so that every dial leaves from that port. The number that getsockname shows cannot tell (one that
 * the kernel chose stays visible after it was released), bind() can: it refuses a second port with
 * EINVAL where the first is still held. 1, 0, or a negative errno where that cannot be asked. A
 * socket that is not pinned shows port 0 afterwards; its address stays bound as it was.
 */
long tcpsock_is_pinned(int fd);

/*
 * IP_LOCAL_PORT_RANGE (Linux 6.3): the ports from which the kernel may choose, low | high << 16,
 * where 0 is no bound of its own.
 */
long tcpsock_range(int fd, uint32_t *range);
long tcpsock_set_range(int fd, uint32_t range);

/*
 * IP_BIND_ADDRESS_NO_PORT (Linux 4.2): bind() of port 0 takes the address and leaves the port to
 * connect(). tcpsock_bind_no_port returns 1 or 0.
 */
long tcpsock_bind_no_port(int fd);
long tcpsock_set_bind_no_port(int fd, bool on);

/*
 * Sets it if the socket address that bind() was given, for a socket of that family, is no wildcard.
 * The address is the program's memory, which may not be there: only the kernel reads it.
 */
long tcpsock_set_bind_no_port_for(int fd, sa_family_t family, const void *address,
				  socklen_t length);

/*
 * Whether this library deferred the port of this socket's bind(): an address, no port, and
 * IP_BIND_ADDRESS_NO_PORT not set. Nothing else looks like that: a program that sets the option
 * leaves it set.
 */
bool tcpsock_port_is_deferred(int fd, const struct endpoint *local);

/*
 * Allocates the deferred port. 0 too where another thread has just done so. Where no port is free
 * the socket stays as it was.
 */
long tcpsock_allocate_port(int fd, const struct endpoint *local);
