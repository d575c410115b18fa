/* SPDX-License-Identifier: MIT */
/* bind(), which defers the port, and getsockname(), which allocates it. */
#include <errno.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "core/endpoint.h"
#include "core/tcpsock.h"
#include "export.h"
#include "load.h"

/*
 * bind(ip, 0) takes a port for all destinations. With IP_BIND_ADDRESS_NO_PORT it takes only the
 * address, and connect() needs only a free combination of both addresses and ports. The library
 * sets the option during the call and clears it afterwards. The socket then has an address, no port
 * and no option, a state that only the library produces. It is read from the kernel, so it survives
 * dup(), fork() and exec(). A wildcard address never gets the option: without a port, such a socket
 * looks like one that was never bound.
 *
 * None of the core's calls changes errno, so errno is what the next function leaves.
 */

/* MODE_OBSERVE changes nothing. */
static bool defers_ports(const struct settings *settings)
{
	return settings->bind_no_port && settings->mode < MODE_OBSERVE;
}

/* Sets the option for a bind() of this address; allocates a port that an earlier one deferred. */
static bool set_bind_no_port(int fd, const struct sockaddr *address)
{
	struct endpoint local;

	/* An MPTCP socket that is connecting would take the option and not give it back. */
	if (!tcpsock_is_tcp(fd) || tcpsock_local(fd, &local) < 0 || local.port != 0)
		return false;
	if (tcpsock_port_is_deferred(fd, &local)) {
		/* A second bind() must fail, as it does on a socket with a port. */
		tcpsock_allocate_port(fd, &local);
		return false;
	}
	return tcpsock_bind_no_port(fd) == 0 &&
	       tcpsock_set_bind_no_port_for(fd, local.family, address) == 0;
}

EXPORT int bind(int fd, const struct sockaddr *address, socklen_t length)
{
	struct load early;
	const struct load *load = load_get(&early);

	if (!defers_ports(&load->context.settings))
		return load->next.bind(fd, address, length);
	const bool is_set = set_bind_no_port(fd, address);
	const int r = load->next.bind(fd, address, length);
	if (is_set)
		tcpsock_set_bind_no_port(fd, false);
	return r;
}

/* Allocates the port that this socket's bind() deferred: 0, or -EADDRINUSE where none is free. */
static long allocate_deferred_port(int fd)
{
	struct endpoint local;
	if (tcpsock_local(fd, &local) < 0 || !tcpsock_port_is_deferred(fd, &local))
		return 0;
	/* If a sandbox refuses bind(), getsockname() shows port 0. */
	return tcpsock_allocate_port(fd, &local) == -EADDRINUSE ? -EADDRINUSE : 0;
}

/*
 * Allocates the port before it calls the next getsockname(). To call that first, and again if the
 * port is 0, would save a system call, but the kernel overwrites `*length`, and the library must
 * not read the program's memory to save it: the pointer may be invalid.
 */
EXPORT int getsockname(int fd, struct sockaddr *name, socklen_t *length)
{
	struct load early;
	const struct load *load = load_get(&early);

	if (defers_ports(&load->context.settings) && allocate_deferred_port(fd) < 0) {
		errno = EADDRINUSE;
		return -1;
	}
	return load->next.getsockname(fd, name, length);
}
