/* SPDX-License-Identifier: MIT */
/* Opens an ordinary stream socket, says which protocol it speaks, TCP (6) or MPTCP (262), and
 * dials: an unmodified program, which mptcpize changes. Exit 1 if it reached itself. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: mptcp_kind PORT\n");
		return 2;
	}
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)atoi(argv[1])),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_in here = {0}, there = {0};
	socklen_t length = sizeof(here), there_length = sizeof(there);
	int fd = socket(AF_INET, SOCK_STREAM, 0), protocol = 0;
	socklen_t size = sizeof(protocol);

	getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size);
	printf("protocol=%d ", protocol);
	int r = connect(fd, (struct sockaddr *)&to, sizeof(to));
	printf("connect=%s ", r == 0 ? "OK" : strerrorname_np(errno));
	const int self = getsockname(fd, (struct sockaddr *)&here, &length) == 0 &&
			 getpeername(fd, (struct sockaddr *)&there, &there_length) == 0 &&
			 here.sin_port == there.sin_port;
	printf("self=%s\n", self ? "yes" : "no");
	return self;
}
