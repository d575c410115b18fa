/* SPDX-License-Identifier: MIT */
/* Dials HOST PORT over IPv4 and stays until its input ends: after bind() to a port of its own
 * (-p PORT), or with IP_LOCAL_PORT_RANGE narrowed to one port (-r PORT), the trap that needs no
 * privileges. Exit 0 if connected, 1 if not, 2 if the system lacks what was asked for. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* From linux/in.h, since Linux 6.3; the value is the lowest port, and the highest << 16. */
#define LOCAL_PORT_RANGE 51

static int fail(const char *what, int status)
{
	fprintf(stderr, "dial: %s: %s\n", what, strerror(errno));
	return status;
}

int main(int argc, char **argv)
{
	struct sockaddr_in own = {.sin_family = AF_INET}, to = own;
	uint32_t range = 0;
	int option;

	while ((option = getopt(argc, argv, "p:r:")) != -1) {
		uint16_t port = optarg ? (uint16_t)atoi(optarg) : 0;
		if (option == 'p')
			own.sin_port = htons(port);
		else if (option == 'r')
			range = (uint32_t)port << 16 | port;
		else
			return 2;
	}
	if (argc - optind != 2 || inet_pton(AF_INET, argv[optind], &to.sin_addr) != 1) {
		fprintf(stderr, "usage: ways [-p PORT | -r PORT] IPV4-ADDRESS PORT\n");
		return 2;
	}
	to.sin_port = htons((uint16_t)atoi(argv[optind + 1]));

	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (range && setsockopt(fd, IPPROTO_IP, LOCAL_PORT_RANGE, &range, sizeof(range)))
		return fail("IP_LOCAL_PORT_RANGE", 2);
	if (own.sin_port && bind(fd, (struct sockaddr *)&own, sizeof(own)))
		return fail("bind", 2);
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)))
		return fail("connect", 1);

	socklen_t length = sizeof(own);
	char host[INET_ADDRSTRLEN];
	getsockname(fd, (struct sockaddr *)&own, &length);
	inet_ntop(AF_INET, &own.sin_addr, host, sizeof(host));
	printf("connected to %s:%s from %s:%d\n", argv[optind], argv[optind + 1], host,
	       ntohs(own.sin_port));
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}
