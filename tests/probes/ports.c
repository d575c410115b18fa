/* SPDX-License-Identifier: MIT */
/* Dials listeners of its own, on ports BASE, BASE + 1, ..., in turn from sockets bound to
 * 127.0.0.1 and any port, and holds every connection: how far do the ephemeral ports go? */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static struct sockaddr_in loopback(int port)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
				    .sin_port = htons((uint16_t)port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* 0 if one more connection to the port came about. */
static int dial(int port)
{
	struct sockaddr_in from = loopback(0), to = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	return bind(fd, (struct sockaddr *)&from, sizeof(from)) ||
	       connect(fd, (struct sockaddr *)&to, sizeof(to));
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: ports DIALS LISTENERS BASE\n");
		return 2;
	}
	int dials = atoi(argv[1]), listeners = atoi(argv[2]), base = atoi(argv[3]);
	int connected = 0, error = 0;

	for (int i = 0; i < listeners; i++) {
		struct sockaddr_in at = loopback(base + i);
		int fd = socket(AF_INET, SOCK_STREAM, 0);
		if (bind(fd, (struct sockaddr *)&at, sizeof(at)) || listen(fd, dials)) {
			perror("listener");
			return 2;
		}
	}
	for (int i = 0; i < dials; i++) {
		if (dial(base + i % listeners) == 0)
			connected++;
		else
			error = errno;
	}
	printf("%d of %d dials to %d destinations connected%s%s\n", connected, dials, listeners,
	       error ? "; then: " : "", error ? strerror(error) : "");
	return connected != dials;
}
