/* SPDX-License-Identifier: MIT */
/* The listeners that sequences dial, a port in use, and addresses. */
#include "fuzz.h"

#include <sys/un.h>

static int listeners[3]; /* TCP, MPTCP, UNIX */

/* The name of a UNIX socket: the high byte of the port. */
static struct sockaddr_un unix_name(int port)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	un.sun_path[1] = (char)(port >> 8);
	return un;
}

/*
 * These calls go through the library too, although raw ones would do: that shows that it does not
 * disturb an ordinary server.
 */
static int listener(int type, int protocol, const void *at, socklen_t length)
{
	const int fd = new_socket(((const struct sockaddr *)at)->sa_family,
				  type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);

	must(bind(fd, at, length), "bind");
	if (type == SOCK_STREAM) {
		/* Not every kernel has this for MPTCP. */
		setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN, &(int){4096}, sizeof(int));
		must(listen(fd, 4096), "listen");
	}
	return fd;
}

static int inet_listener(int type, int protocol, int port)
{
	const struct name at = name_of("::", port);
	return listener(type, protocol, &at.any, at.length);
}

void world_start(void)
{
	const struct sockaddr_un local = unix_name(LIVE);

	listeners[0] = inet_listener(SOCK_STREAM, 0, LIVE);
	listeners[1] = inet_listener(SOCK_STREAM, PROTOCOL_MPTCP, LIVE_MPTCP);
	listeners[2] = listener(SOCK_STREAM, 0, &local, sizeof(local));
	inet_listener(SOCK_DGRAM, 0, LIVE);
	inet_listener(SOCK_STREAM, 0, TAKEN);
	inet_listener(SOCK_DGRAM, 0, TAKEN);
}

void world_drain(void)
{
	for (int i = 0; i < 3; i++) {
		int fd;
		while ((fd = accept4(listeners[i], NULL, NULL, SOCK_CLOEXEC)) >= 0)
			close(fd);
		must(errno == EAGAIN ? 0 : -1, "accept");
	}
}

socklen_t world_address(const struct step *step, sa_family_t family, unsigned char low,
			unsigned char bytes[NAME_SIZE])
{
	const struct choice *host = &fields[HOST].choices[step->choice[HOST]];
	int port = step_value(step, step_value(step, CALL) == BIND ? BIND_PORT : DIAL_PORT);

	if (step_value(step, FAMILY) != AS_USUAL)
		family = (sa_family_t)step_value(step, FAMILY);
	if (port == NAMED)
		port |= low;
	if (family == AF_UNIX) {
		const struct sockaddr_un un = unix_name(port);
		memcpy(bytes, &un, sizeof(un));
		return sizeof(un);
	}
	struct name name = name_of(family == AF_INET6 ? host->text6 : host->text, port);
	if (family == AF_INET6)
		name.in6.sin6_scope_id = (uint32_t)step_value(step, SCOPE);
	name.any.sa_family = family;
	memcpy(bytes, &name.any, name.length);
	return name.length;
}
