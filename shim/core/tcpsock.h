/* SPDX-License-Identifier: MIT */
/* Reads and changes the kernel's state of one TCP socket. Keeps no state of its own. */
#pragma once

#include "endpoint.h"
#include "tcpinfo.h"

/* All return 0 or more, or a negative errno; none changes the thread's errno. */

/* The socket's own name; family AF_UNSPEC if it is not an internet socket. */
long tcpsock_local(int fd, struct endpoint *local);

/* Whether it is a TCP, MPTCP or SMC socket; SMC falls back to TCP. False if unknown. */
bool tcpsock_is_tcp(int fd);

/* Reads TCP_INFO; members that the kernel does not fill in are as tcpinfo_start() sets them. */
long tcpsock_info(int fd, struct tcpinfo *info);

/*
 * Whether an earlier call connected the socket, after a connect() that returned 0. True for a
 * non-blocking socket with a peer: a first non-blocking connect() never returns 0 with a peer.
 */
bool tcpsock_was_connected(int fd);

/* Whether it is neither connected, connecting nor listening. False if unknown. */
bool tcpsock_is_closed(int fd);

/*
 * Disconnects the socket. Descriptor, duplicates, options, flags and epoll registration stay;
 * received data is lost. SO_ERROR is cleared, no TIME_WAIT is left, and a port that the kernel
 * chose is free again.
 */
long tcpsock_disconnect(int fd);

/*
 * Whether an unconnected socket is *pinned*: the program bound it to a port of its choice, so every
 * dial uses that source port. getsockname() does not tell: it goes on showing a port that the
 * kernel chose and has released. bind() does: it fails with EINVAL while the socket holds a port.
 * Returns 1, 0, or a negative errno if bind() is not possible. A socket that is not pinned shows
 * port 0 afterwards; its address stays bound.
 */
long tcpsock_is_pinned(int fd);

/*
 * IP_LOCAL_PORT_RANGE (Linux 6.3): the ports from which the kernel may choose, as low | high << 16;
 * 0 means the system's own bound.
 */
long tcpsock_range(int fd, uint32_t *range);
void tcpsock_set_range(int fd, uint32_t range);

/*
 * IP_BIND_ADDRESS_NO_PORT (Linux 4.2): bind() of port 0 takes the address and leaves the port to
 * connect(). tcpsock_bind_no_port returns 1 or 0.
 */
long tcpsock_bind_no_port(int fd);
long tcpsock_set_bind_no_port(int fd, bool on);

/*
 * Sets the option if `address`, which the program passed to bind() on a socket of that family, is
 * not a wildcard. The program's pointer may be invalid, so only the kernel reads it. If the address
 * is too short, bind() fails anyway.
 */
long tcpsock_set_bind_no_port_for(int fd, sa_family_t family, const void *address);

/*
 * Whether the library deferred the port of this socket: it has an address, no port, and
 * IP_BIND_ADDRESS_NO_PORT is not set. Without the library no socket is in that state: a program
 * that sets the option leaves it set.
 */
bool tcpsock_port_is_deferred(int fd, const struct endpoint *local);

/*
 * Allocates the deferred port. Returns 0 also if another thread has just done so. If no port is
 * free, the socket stays as it was.
 */
long tcpsock_allocate_port(int fd, const struct endpoint *local);
