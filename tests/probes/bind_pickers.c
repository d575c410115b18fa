/* SPDX-License-Identifier: MIT */
/* So many sockets in several processes each pick a port of 127.0.0.1, look at it and keep it; says
 * how many different ports that were. Exit 0 if no two had the same, and none had port 0. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static uint16_t pick(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) ||
	    getsockname(fd, (struct sockaddr *)&at, &length)) {
		perror("pick");
		exit(2);
	}
	return ntohs(at.sin_port);
}

int main(int argc, char **argv)
{
	static int taken[65536];
	int ports[2], done[2], different = 0;

	if (argc != 3 || pipe(ports) || pipe(done)) {
		fprintf(stderr, "usage: bind_pickers PICKERS PROCESSES\n");
		return 2;
	}
	const int pickers = atoi(argv[1]), processes = atoi(argv[2]);
	for (int p = 0; p < processes; p++) {
		if (fork() != 0)
			continue;
		close(done[1]);
		for (int i = 0; i < pickers / processes; i++) {
			uint16_t port = pick();
			if (write(ports[1], &port, sizeof(port)) != sizeof(port))
				_exit(2);
		}
		/* Nobody lets go before everyone has picked. */
		_exit(read(done[0], &(char){0}, 1) != 0);
	}
	for (int i = 0; i < pickers; i++) {
		uint16_t port;
		if (read(ports[0], &port, sizeof(port)) != sizeof(port))
			return 2;
		different += port != 0 && taken[port]++ == 0;
	}
	close(done[1]);
	while (wait(NULL) > 0)
		;
	printf("%d pickers, %d ports\n", pickers, different);
	return different != pickers;
}
