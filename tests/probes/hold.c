/* SPDX-License-Identifier: MIT */
/* Listens on ports of 127.0.0.1, says so in a line, and holds them until its input ends. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char end;

	for (int i = 1; i < argc; i++) {
		struct sockaddr_in at = {.sin_family = AF_INET,
					 .sin_port = htons((uint16_t)atoi(argv[i])),
					 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
		int fd = socket(AF_INET, SOCK_STREAM, 0);
		if (bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(fd, 64) != 0) {
			perror("hold");
			return 1;
		}
	}
	puts("holding");
	fflush(stdout);
	while (read(0, &end, 1) > 0)
		;
	return 0;
}
