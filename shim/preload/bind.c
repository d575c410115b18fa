/* SPDX-License-Identifier: MIT */
/* bind(), which defers the choice of a port, and getsockname(), which allocates it. */
#include <errno.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "core/endpoint.h"
#include "core/tcpsock.h"
#include "export.h"
#include "load.h"

/*
 * bind(ip, 0) takes a whole port before the destination is known. With IP_BIND_ADDRESS_NO_PORT only
 * the address is taken, and connect() needs no more than a four-tuple of its own. The option is set
 * for the length of the call and cleared again. What is left is the kernel's own state: an address
 * without a port and without the option, which nothing else brings about. The kernel is asked for
 * that state, so it holds through dup(), fork() and exec(). A wildcard address never gets the
 * option: without a port such a socket looks like one that was never bound.
 */

/* MODE_OBSERVE is to change nothing. */
static bool defers_ports(const struct settings *settings)
{
	return settings->bind_no_port && settings->mode < MODE_OBSERVE;
}

/* Sets the option for a bind() of this address; allocates a port that is deferred already. */
static bool lend_bind_no_port(int fd, const struct sockaddr *address, socklen_t length)
{
	struct endpoint local;

	if (!tcpsock_is_tcp(fd) || tcpsock_local(fd, &local) < 0 || local.port != 0)
		return false;
	if (tcpsock_port_is_deferred(fd, &local)) {
		/* A second bind() has to fail, as it does on a socket with a port. */
		tcpsock_allocate_port(fd, &local);
		return false;
	}
	return tcpsock_bind_no_port(fd) == 0 &&
	       tcpsock_set_bind_no_port_for(fd, local.family, address, length) == 0;
}

EXPORT int bind(int fd, const struct sockaddr *address, socklen_t length)
{
	const int errno_before = errno;
	struct load early;
	const struct load *load = load_get(&early);

	if (!defers_ports(&load->context.settings))
		return load->next.bind(fd, address, length);
	const bool is_lent = lend_bind_no_port(fd, address, length);
	errno = errno_before;
	int r = load->next.bind(fd, address, length);
	if (is_lent) {
		const int errno_after = errno;
		tcpsock_set_bind_no_port(fd, false);
		errno = errno_after;
	}
	return r;
}

/* Allocates the port that this socket's bind() deferred: 0, or -EADDRINUSE where none is free. */
static long allocate_deferred_port(int fd)
{
	struct endpoint local;
	if (tcpsock_local(fd, &local) < 0 || !tcpsock_port_is_deferred(fd, &local))
		return 0;
	/* Where a sandbox refuses bind(), the socket goes on showing no port. */
	return tcpsock_allocate_port(fd, &local) == -EADDRINUSE ? -EADDRINUSE : 0;
}

/*
 * The port is allocated before the name is asked for. Afterwards would save a system call, but the
 * kernel overwrites the length that a second try needs, and the library must not read it before.
 */
EXPORT int getsockname(int fd, struct sockaddr *name, socklen_t *length)
{
	const int errno_before = errno;
	struct load early;
	const struct load *load = load_get(&early);

	if (defers_ports(&load->context.settings) && allocate_deferred_port(fd) < 0) {
		errno = EADDRINUSE;
		return -1;
	}
	errno = errno_before;
	return load->next.getsockname(fd, name, length);
}
