/* SPDX-License-Identifier: MIT */
/* The namespace of the sequences, with addresses, listeners, free ports and one in use. */
#include "fuzz.h"

#include <fcntl.h>
#include <sys/un.h>

/* No socket may have this number. */
enum { NO_DESCRIPTOR = 1000, BACKLOG = 4096 };

static const uint16_t fixed_ports[PORTS] = {[LIVE] = 12288, [LIVE_MPTCP] = 12289, [DEAD] = 12290};

/* The first is the listener's; the fourth is a path in a directory without write access. */
static const char *const unix_names[] = {"\0live", "\0named", "\0", "nothing", "\0dead"};
static const size_t unix_lengths[] = {5, 6, 1, 7, 5};

static unsigned char parsed[HOSTS][2][16];

/*
 * These calls go through the library too, although raw ones would do: that shows that it does not
 * disturb an ordinary server.
 */
static int listener(int type, int protocol, uint16_t port)
{
	const int queue = BACKLOG;
	const struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	const int fd = new_socket(AF_INET6, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);

	set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
	must(bind(fd, (const struct sockaddr *)&at, sizeof(at)), "bind");
	if (type == SOCK_STREAM) {
		/* Not every kernel has this for MPTCP. */
		setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN, &queue, sizeof(queue));
		must(listen(fd, BACKLOG), "listen");
	}
	return fd;
}

static int unix_listener(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	const int fd = new_socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	memcpy(at.sun_path, unix_names[0], unix_lengths[0]);
	must(bind(fd, (struct sockaddr *)&at, sizeof(at)), "bind");
	must(listen(fd, BACKLOG), "listen");
	return fd;
}

void world_start(struct world *world)
{
	int ends[2];

	for (int host = 0; host < HOSTS; host++) {
		inet_pton(AF_INET, host_names[host][0], parsed[host][0]);
		inet_pton(AF_INET6, host_names[host][1], parsed[host][1]);
	}
	must(chdir("/proc/self"), "/proc/self");
	world->closed = NO_DESCRIPTOR;
	world->file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	must(world->file, "/proc/self/exe");
	must(pipe2(ends, O_CLOEXEC | O_NONBLOCK), "pipe");
	world->pipe = ends[1];
	world->listener[0] = listener(SOCK_STREAM, 0, fixed_ports[LIVE]);
	world->listener[1] = listener(SOCK_STREAM, PROTOCOL_MPTCP, fixed_ports[LIVE_MPTCP]);
	world->listener[2] = unix_listener();
	listener(SOCK_DGRAM, 0, fixed_ports[LIVE]);
	listener(SOCK_STREAM, 0, TAKEN_PORT);
	listener(SOCK_DGRAM, 0, TAKEN_PORT);
}

void world_drain(struct world *world)
{
	for (int i = 0; i < 3; i++) {
		int fd;
		while ((fd = accept4(world->listener[i], NULL, NULL, SOCK_CLOEXEC)) >= 0)
			close(fd);
		must(errno == EAGAIN ? 0 : -1, "accept");
	}
}

static uint16_t port_of(const struct world *world, enum port port)
{
	return port == NAMED ? (uint16_t)(NAMED_HIGH << 8 | (world->runs & 0xff))
			     : fixed_ports[port];
}

void world_address(const struct world *world, const struct address *address, unsigned char *bytes)
{
	memset(bytes, 0, 128);
	if (address->family == AF_INET6) {
		struct sockaddr_in6 in6 = {.sin6_family = AF_INET6,
					   .sin6_port = htons(port_of(world, address->port)),
					   .sin6_scope_id = address->scope};
		memcpy(&in6.sin6_addr, parsed[address->host][1], sizeof(in6.sin6_addr));
		memcpy(bytes, &in6, sizeof(in6));
	} else if (address->family == AF_UNIX) {
		struct sockaddr_un un = {.sun_family = AF_UNIX};
		memcpy(un.sun_path, unix_names[address->host % 5], unix_lengths[address->host % 5]);
		memcpy(bytes, &un, sizeof(un));
	} else {
		struct sockaddr_in in = {.sin_family = address->family,
					 .sin_port = htons(port_of(world, address->port))};
		memcpy(&in.sin_addr, parsed[address->host][0], sizeof(in.sin_addr));
		memcpy(bytes, &in, sizeof(in));
	}
}
