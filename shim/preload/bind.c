/* SPDX-License-Identifier: MIT */
/* bind(), which puts the choice of a port off, and getsockname(), which makes it good when seen. */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "core/endpoint.h"
#include "export.h"
#include "load.h"
#include "core/tcpsock.h"

/*
 * bind(ip, 0) takes a whole port before the destination is known. With the hint only the address is
 * taken, connect() then needs no more than a four-tuple of its own. The hint is set for the length
 * of the call and taken off again, so that what is left is the kernel's own state: an address
 * without a port and without the hint, which nothing else brings about. All that follows from it is
 * asked of the kernel: it holds through dup(), fork() and exec(). A wildcard address is never given
 * the hint: without a port such a socket would look like one that was never bound.
 */

/* Whether ports are put off at all. Who only observes changes nothing. */
static bool puts_off(const struct settings *settings)
{
	return settings->bind_hint && !settings->disabled && settings->mode != MODE_OBSERVE;
}

/* Gives the socket the hint for a bind() of this address; makes good what is due already. */
static bool lend_hint(int fd, const struct sockaddr *address, socklen_t length)
{
	struct endpoint local;

	if (!tcpsock_is_tcp(fd) || tcpsock_local(fd, &local) < 0 || local.port != 0)
		return false;
	if (tcpsock_port_is_due(fd, &local)) {
		/* A second bind(), which is to fail as it does with a port. */
		tcpsock_take_port(fd, &local);
		return false;
	}
	return tcpsock_hint(fd) == 0 &&
	       tcpsock_set_hint_for(fd, local.family, address, length) == 0;
}

EXPORT int bind(int fd, const struct sockaddr *address, socklen_t length)
{
	const int errno_before = errno;
	struct load early;
	const struct load *load = load_get(&early);

	if (!puts_off(&load->settings))
		return load->next.bind(fd, address, length);
	const bool lent = lend_hint(fd, address, length);
	errno = errno_before;
	int r = load->next.bind(fd, address, length);
	if (lent) {
		const int errno_after = errno;
		tcpsock_set_hint(fd, false);
		errno = errno_after;
	}
	return r;
}

/*
 * Whether `pointer`, to four bytes in their place, is on the stack that this function runs on,
 * above its frame, and so can be read without asking the kernel: in the frame's own page, or on the
 * first thread's stack, which is one mapping up to the environment (nothing else is mapped for
 * STACK below it).
 */
static bool is_on_stack(const struct load *load, const void *pointer)
{
	enum { PAGE = 4096, WORD = 4, STACK = 8 << 20 };
	const uintptr_t here = (uintptr_t)__builtin_frame_address(0), at = (uintptr_t)pointer;
	const uintptr_t page_end = here - here % PAGE + PAGE;
	const uintptr_t stack_end = (uintptr_t)load->stack_end;
	const bool on_first_stack = here < stack_end && stack_end - here < STACK;

	return at >= here && at <= (on_first_stack ? stack_end : page_end) - WORD && at % WORD == 0;
}

/*
 * Whether a name, of which so many bytes were written, is an internet one without a port, as far
 * as it goes: one of three bytes ends within the port. It may lie at an odd address.
 */
static bool shows_no_port(const void *name, socklen_t written)
{
	const uint8_t *bytes = name;
	union {
		uint8_t bytes[2];
		sa_family_t family;
	} is;

	if (written < 3)
		return false;
	is.bytes[0] = bytes[0];
	is.bytes[1] = bytes[1];
	/* sin_port and sin6_port lie in the same place. */
	return (is.family == AF_INET || is.family == AF_INET6) && bytes[2] == 0 &&
	       (written == 3 || bytes[3] == 0);
}

/*
 * Takes the port that this socket's bind() put off; false where it still has none. A port that is
 * there by now came from another thread's look, or its connect().
 */
static bool make_good(int fd)
{
	struct endpoint local;
	if (tcpsock_local(fd, &local) < 0)
		return false;
	return local.port != 0 ||
	       (tcpsock_port_is_due(fd, &local) && tcpsock_take_port(fd, &local) == 0);
}

EXPORT int getsockname(int fd, struct sockaddr *name, socklen_t *length)
{
	const int errno_before = errno;
	struct load early;
	const struct load *load = load_get(&early);

	if (!puts_off(&load->settings))
		return load->next.getsockname(fd, name, length);
	if (!is_on_stack(load, length)) {
		/* How much room there is cannot be read before the kernel overwrites it. */
		make_good(fd);
		errno = errno_before;
		return load->next.getsockname(fd, name, length);
	}
	const socklen_t room = *length;
	int r = load->next.getsockname(fd, name, length);
	if (r == 0 && shows_no_port(name, room < *length ? room : *length) && make_good(fd)) {
		*length = room;
		r = load->next.getsockname(fd, name, length);
	}
	if (r == 0)
		errno = errno_before;
	return r;
}
