/* SPDX-License-Identifier: MIT */
/* Makes connections to listeners of its own in turn, each from a socket bound to the listeners'
 * address without a port, holds them all, and says how many came about. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PROTOCOL_MPTCP = 262, BASE = 20000 };

static socklen_t name_of(const char *address, int port, struct sockaddr_in6 *name)
{
	struct sockaddr_in *in = (struct sockaddr_in *)name;

	*name = (struct sockaddr_in6){.sin6_port = htons((uint16_t)port)};
	if (inet_pton(AF_INET, address, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		return sizeof(*in);
	}
	if (inet_pton(AF_INET6, address, &name->sin6_addr) != 1)
		exit(2);
	name->sin6_family = AF_INET6;
	return sizeof(*name);
}

int main(int argc, char **argv)
{
	int protocol = 0, made = 0, error = 0;
	struct sockaddr_in6 name;

	if (argc > 1 && strcmp(argv[1], "-m") == 0) {
		protocol = PROTOCOL_MPTCP;
		argv++, argc--;
	}
	if (argc != 4) {
		fprintf(stderr, "usage: bind_spread [-m] ADDRESS CONNECTIONS LISTENERS\n");
		return 2;
	}
	const int connections = atoi(argv[2]), listeners = atoi(argv[3]);
	for (int i = 0; i < listeners; i++) {
		socklen_t length = name_of(argv[1], BASE + i, &name);
		int fd = socket(name.sin6_family, SOCK_STREAM, protocol);
		if (bind(fd, (struct sockaddr *)&name, length) || listen(fd, connections)) {
			perror("listener");
			return 2;
		}
	}
	for (int i = 0; i < connections; i++) {
		socklen_t length = name_of(argv[1], 0, &name);
		int fd = socket(name.sin6_family, SOCK_STREAM, protocol);
		int r = bind(fd, (struct sockaddr *)&name, length);
		name_of(argv[1], BASE + i % listeners, &name);
		if (r == 0 && connect(fd, (struct sockaddr *)&name, length) == 0)
			made++;
		else
			error = errno;
	}
	printf("%d of %d connections to %d destinations%s%s\n", made, connections, listeners,
	       error ? ", then " : "", error ? strerrorname_np(error) : "");
	return made != connections;
}
