/* SPDX-License-Identifier: MIT */
/* A worker that connects, accepts and closes over loopback, in so many threads. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>

#include "turn.h"

static int each; /* connections in a turn, of each thread */
static bool nonblocking;
static pthread_barrier_t start, end;

static int listening(struct sockaddr_in *at)
{
	/* Closed with a reset, so that no TIME_WAIT piles up: what is accepted inherits this. */
	const struct linger reset = {.l_onoff = 1, .l_linger = 0};
	socklen_t length = sizeof(*at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	*at = loopback(0);
	must(fd, "socket");
	must(setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)), "SO_LINGER");
	must(bind(fd, (struct sockaddr *)at, sizeof(*at)), "bind");
	must(listen(fd, 16), "listen");
	must(getsockname(fd, (struct sockaddr *)at, &length), "getsockname");
	return fd;
}

static void once(int listener, const struct sockaddr_in *at)
{
	int fd = socket(AF_INET, SOCK_STREAM | (nonblocking ? SOCK_NONBLOCK : 0), 0);
	must(fd, "socket");
	if (connect(fd, (const struct sockaddr *)at, sizeof(*at)) < 0) {
		struct pollfd one = {.fd = fd, .events = POLLOUT};
		must(errno == EINPROGRESS ? 0 : -1, "connect");
		must(poll(&one, 1, -1), "poll");
	}
	int other = accept(listener, NULL, NULL);
	must(other, "accept");
	close(other);
	close(fd);
}

static void *run(void *unused)
{
	struct sockaddr_in at;
	const int listener = listening(&at);

	(void)unused;
	for (;;) {
		pthread_barrier_wait(&start);
		for (int i = 0; i < each; i++)
			once(listener, &at);
		pthread_barrier_wait(&end);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: loopback THREADS CONNECTIONS blocking|nonblocking\n");
		return 2;
	}
	const int threads = atoi(argv[1]);
	each = atoi(argv[2]) / threads;
	nonblocking = strcmp(argv[3], "nonblocking") == 0;
	pthread_barrier_init(&start, NULL, (unsigned)threads + 1);
	pthread_barrier_init(&end, NULL, (unsigned)threads + 1);
	for (int i = 0; i < threads; i++) {
		pthread_t thread;
		if (pthread_create(&thread, NULL, run, NULL))
			return 3;
	}
	while (turn_wait()) {
		const struct took before = turn_now();
		pthread_barrier_wait(&start);
		pthread_barrier_wait(&end);
		const struct took after = turn_now();
		turn_done((struct took){(after.processor - before.processor) / (each * threads),
					(after.clock - before.clock) / (each * threads)});
	}
	return 0;
}
