/* SPDX-License-Identifier: MIT */
/* Binds 127.0.0.2 without a port while every port is taken, looks, and looks again when one is
 * free: says what each gave. The ports of the namespace's range are given as LOW and HIGH. */
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

static int bound(const char *address, int port, int fd)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	inet_pton(AF_INET, address, &at.sin_addr);
	return bind(fd, (struct sockaddr *)&at, sizeof(at));
}

static void look(const char *what, int fd)
{
	struct sockaddr_in at = {0};
	socklen_t length = sizeof(at);
	char address[INET_ADDRSTRLEN];

	errno = ENOTUNIQ; /* what a success leaves alone */
	int r = getsockname(fd, (struct sockaddr *)&at, &length);
	int error = errno;
	inet_ntop(AF_INET, &at.sin_addr, address, sizeof(address));
	printf("%s=%s:%s%s%s ", what, r ? strerrorname_np(error) : address,
	       at.sin_port ? "port" : "0", length == sizeof(at) ? "" : " length-changed",
	       r == 0 && error != ENOTUNIQ ? " errno-changed" : "");
}

int main(int argc, char **argv)
{
	int last = -1;

	if (argc != 3) {
		fprintf(stderr, "usage: bind_exhausted LOW HIGH\n");
		return 2;
	}
	for (int port = atoi(argv[1]); port <= atoi(argv[2]); port++) {
		last = socket(AF_INET, SOCK_STREAM, 0);
		if (bound("0.0.0.0", port, last)) {
			perror("taking a port");
			return 2;
		}
	}
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	printf("bind=%s ", bound("127.0.0.2", 0, fd) ? strerrorname_np(errno) : "OK");
	look("look", fd);
	look("again", fd);
	close(last);
	look("freed", fd);
	look("kept", fd);
	putchar('\n');
	return 0;
}
