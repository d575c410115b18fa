/* SPDX-License-Identifier: MIT */
/* A service that does not set SO_REUSEADDR: binds and listens on a port of 127.0.0.1, and says
 * so. Exit 0 if it could, 1 if not. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: serve PORT\n");
		return 2;
	}
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)atoi(argv[1])),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(fd, (struct sockaddr *)&at, sizeof(at))) {
		perror("serve: bind");
		return 1;
	}
	if (listen(fd, 5)) {
		perror("serve: listen");
		return 1;
	}
	printf("serve: listening on 127.0.0.1:%s\n", argv[1]);
	return 0;
}
