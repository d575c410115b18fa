/* SPDX-License-Identifier: MIT */
/* Dials a port of 127.0.0.1 many times; prints how many dials were refused and how many reached
 * themselves. Exit 0 if none did, 1 if some did, 2 if a dial ended in any other way. With a third
 * argument a connection is reset, not closed, so that no TIME_WAIT keeps the next one away. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: dials COUNT PORT [reset]\n");
		return 2;
	}
	long count = atol(argv[1]), refused = 0, reached = 0;
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)atoi(argv[2])),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct linger reset = {.l_onoff = argc > 3};

	for (long i = 0; i < count; i++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0) {
			reached++;
			setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		} else if (errno == ECONNREFUSED) {
			refused++;
		} else {
			perror("connect");
			return 2;
		}
		close(fd);
	}
	printf("%ld dials, %ld refused, %ld reached themselves\n", count, refused, reached);
	return reached != 0;
}
