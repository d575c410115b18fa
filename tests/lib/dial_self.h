/* SPDX-License-Identifier: MIT */
/* A dial of 127.0.0.1:50000 that writes a line about it, for programs that want nothing else. */
#pragma once
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void dial_self(const char *before, int (*dial)(int, const struct sockaddr *, socklen_t))
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons(50000),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_in peer;
	socklen_t length = sizeof(peer);
	char line[128];
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int r = dial(fd, (struct sockaddr *)&to, sizeof(to));
	const char *name = r == 0 ? "OK" : strerrorname_np(errno);
	int self = getpeername(fd, (struct sockaddr *)&peer, &length) == 0;
	int size =
		snprintf(line, sizeof(line), "%s%s self=%s\n", before, name, self ? "yes" : "no");

	if (write(1, line, (size_t)size) != size)
		_exit(3);
	/* Reset, so that no TIME_WAIT is in the way of the next. */
	to.sin_family = AF_UNSPEC;
	dial(fd, (struct sockaddr *)&to, sizeof(to));
	close(fd);
}
