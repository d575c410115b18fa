/* SPDX-License-Identifier: MIT */
/* What the storm probes share: one dial and how it ended, and what a process holds. */
#pragma once

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <malloc.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* How a dial of a dead port ended. NO_PORT is what a full range gives bare, too. */
enum outcome { REFUSED, SELF, NO_PORT, OTHER, OUTCOMES };

/* Counts of outcomes, from any thread or signal handler; the latest errno that was OTHER. */
struct tally {
	_Atomic long of[OUTCOMES];
	_Atomic int odd_error;
};

static inline struct sockaddr_in storm_loopback(int port)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
				    .sin_port = htons((uint16_t)port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static inline void storm_must(long r, const char *what)
{
	if (r < 0) {
		perror(what);
		exit(4);
	}
}

/* connect() and no more, so that it can be the only point of cancellation. */
static inline enum outcome storm_connect(int fd, int port)
{
	const struct sockaddr_in to = storm_loopback(port);

	if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0)
		return errno == ECONNREFUSED ? REFUSED : errno == EADDRNOTAVAIL ? NO_PORT : OTHER;
	struct sockaddr_in local, peer;
	socklen_t a = sizeof(local), b = sizeof(peer);
	if (getsockname(fd, (struct sockaddr *)&local, &a) < 0 ||
	    getpeername(fd, (struct sockaddr *)&peer, &b) < 0)
		return OTHER;
	return local.sin_port == peer.sin_port ? SELF : OTHER;
}

/* With a reset, so that a self-connection leaves no TIME_WAIT that would keep the next one away. */
static inline void storm_close(int fd)
{
	const struct linger reset = {.l_onoff = 1};
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(fd);
}

/* One socket, one dial. Safe in a signal handler, where the caller looks after errno. */
static inline enum outcome storm_dial(int port)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return OTHER;
	enum outcome outcome = storm_connect(fd, port);
	const int error = errno;
	storm_close(fd);
	errno = error;
	return outcome;
}

static inline void storm_count(struct tally *tally, enum outcome outcome)
{
	tally->of[outcome]++;
	if (outcome == OTHER)
		tally->odd_error = errno;
}

/* Prints the counts on one line, without a newline; how many dials there were. */
static inline long storm_print(struct tally *t)
{
	const long dials = t->of[REFUSED] + t->of[SELF] + t->of[NO_PORT] + t->of[OTHER];
	printf("%ld dials, %ld refused, %ld reached themselves, %ld without a port, %ld otherwise",
	       dials, t->of[REFUSED], t->of[SELF], t->of[NO_PORT], t->of[OTHER]);
	if (t->of[OTHER])
		printf(" (%s)", strerror(t->odd_error));
	return dials;
}

/* Starts a thread whose stack is so small that libc keeps it for the next one, with what is on the
 * heap for it: otherwise the heap would differ from one round to the next without anybody's doing.
 */
static inline pthread_t storm_thread(void *(*run)(void *))
{
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 256 * 1024);
	storm_must(-pthread_create(&thread, &attributes, run, NULL), "pthread_create");
	pthread_attr_destroy(&attributes);
	return thread;
}

/* What must not grow: open descriptors and bytes in use on the heap. */
struct held {
	long descriptors;
	long bytes;
};

static inline struct held storm_held(void)
{
	struct held held = {0, 0};
	DIR *folder = opendir("/proc/self/fd");
	while (folder && readdir(folder))
		held.descriptors++;
	if (folder)
		closedir(folder);
	const struct mallinfo2 heap = mallinfo2();
	held.bytes = (long)(heap.uordblks + heap.hblkhd);
	return held;
}

/* Ends the line; 0 if nothing has grown or shrunk. */
static inline int storm_print_growth(struct held before, struct held after)
{
	const long descriptors = after.descriptors - before.descriptors;
	const long bytes = after.bytes - before.bytes;
	printf("; %+ld descriptors, %+ld bytes\n", descriptors, bytes);
	return descriptors || bytes;
}

/* 0 none reached itself and nothing else is odd, 1 some did, 3 something is odd. */
static inline int storm_status(struct tally *t, int odd)
{
	return odd || t->of[OTHER] ? 3 : t->of[SELF] ? 1 : 0;
}
