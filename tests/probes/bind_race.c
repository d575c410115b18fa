/* SPDX-License-Identifier: MIT */
/* Two threads look at once at the port of a socket that was bound without one; says how many of the
 * pairs of looks did not both show the same port. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static long rounds;
static int fd = -1;

/* Odd while a pair looks; both count up. */
static _Atomic long started, finished;
static _Atomic int ports[2];

static int look(void)
{
	struct sockaddr_in at = {0};
	socklen_t length = sizeof(at);
	getsockname(fd, (struct sockaddr *)&at, &length);
	return ntohs(at.sin_port);
}

static void wait_until(_Atomic long *count, long least)
{
	while (atomic_load(count) < least)
		sched_yield();
}

static void *other(void *nothing)
{
	for (long i = 1; i <= rounds; i++) {
		wait_until(&started, i);
		ports[1] = look();
		atomic_store(&finished, i);
	}
	return nothing;
}

int main(int argc, char **argv)
{
	const struct sockaddr_in any = {.sin_family = AF_INET,
					.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	long wrong = 0;
	pthread_t thread;

	if (argc != 2) {
		fprintf(stderr, "usage: bind_race ROUNDS\n");
		return 2;
	}
	rounds = atol(argv[1]);
	if (pthread_create(&thread, NULL, other, NULL))
		return 2;
	for (long i = 1; i <= rounds; i++) {
		fd = socket(AF_INET, SOCK_STREAM, 0);
		if (bind(fd, (const struct sockaddr *)&any, sizeof(any))) {
			perror("bind");
			return 2;
		}
		atomic_store(&started, i);
		/* A little apart in every round, so that each step of the one meets each of the
		 * other. */
		for (volatile long wait = i % 400; wait > 0; wait--)
			;
		ports[0] = look();
		wait_until(&finished, i);
		wrong += ports[0] == 0 || ports[0] != ports[1];
		close(fd);
	}
	pthread_join(thread, NULL);
	printf("%ld pairs of looks, %ld wrong\n", rounds, wrong);
	return wrong != 0;
}
