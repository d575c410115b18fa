/* SPDX-License-Identifier: MIT */
/* A client dials the port of its service, which is down; the service, without SO_REUSEADDR, then
 * starts on that port twice: while the client still has its socket, and after it closed it. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in address = {.sin_family = AF_INET};

/* 1 if a service can bind and listen on the address, 0 if the port is in use. */
static int starts(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int failed = bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 5);
	if (failed && errno != EADDRINUSE) {
		perror("service");
		exit(2);
	}
	close(fd);
	return !failed;
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: service ROUNDS PORT\n");
		return 2;
	}
	int rounds = atoi(argv[1]), beside = 0, after = 0;
	address.sin_port = htons((uint16_t)atoi(argv[2]));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

	for (int i = 0; i < rounds; i++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);
		/* How the dial ends is not this probe's matter: only what it leaves behind. */
		(void)!connect(fd, (struct sockaddr *)&address, sizeof(address));
		beside += starts();
		close(fd);
		after += starts();
	}
	printf("of %d starts: %d beside the client, %d after it\n", rounds, beside, after);
	return beside != rounds || after != rounds;
}
