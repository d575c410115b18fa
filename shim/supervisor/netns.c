/* SPDX-License-Identifier: MIT */
/* The supervisor's network namespace: its ephemeral ports, and which addresses are its own. */
#include "netns.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/sys.h"
#include "core/tcpsock.h"

enum { NETNS_COOKIE = 71 }; /* SO_NETNS_COOKIE, Linux 5.14 */

static uint64_t cookie_of(int socket)
{
	uint64_t cookie = 0;
	sys_get_option_bytes(socket, SOL_SOCKET, NETNS_COOKIE, &cookie, sizeof(cookie));
	return cookie;
}

bool netns_open(struct netns *netns)
{
	const int udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	netns->cookie = cookie_of(udp);
	sys_close(udp);
	netns->range_fd = open("/proc/sys/net/ipv4/ip_local_port_range", O_RDONLY | O_CLOEXEC);
	return netns->range_fd >= 0;
}

bool netns_has(const struct netns *netns, int socket)
{
	return cookie_of(socket) == netns->cookie;
}

struct ports netns_ports(const struct netns *netns)
{
	char text[32], *rest;
	const ssize_t length = pread(netns->range_fd, text, sizeof(text) - 1, 0);

	text[length > 0 ? length : 0] = '\0';
	const uint32_t low = (uint32_t)strtoul(text, &rest, 10);
	return (struct ports){low, (uint32_t)strtoul(rest, NULL, 10)};
}

bool netns_is_own(const struct endpoint *to)
{
	const int udp = socket(to->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct endpoint local = {.family = AF_UNSPEC};
	union socket_name name;
	const socklen_t length = endpoint_name(to, &name);

	/* Sends nothing, but gives the socket the address that a dial would leave from. */
	if (sys_connect(udp, &name, length) == 0)
		tcpsock_local(udp, &local);
	sys_close(udp);
	local.port = to->port;
	return endpoint_may_be_self(&local, to);
}
