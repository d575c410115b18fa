/* SPDX-License-Identifier: MIT */
/* What the storm probes share: one dial of a dead port of 127.0.0.1, how it ended, and the counts.
 * A storm exits with 0 if no dial reached itself, 1 if some did, 3 if something is odd. */
#pragma once

#include "net.h"

#include <pthread.h>
#include <stdatomic.h>

/* How a dial of a dead port ended. NO_PORT is what a full range gives bare, too. */
enum outcome { REFUSED, SELF, NO_PORT, OTHER, OUTCOMES };

/* Counts of outcomes, from any thread or signal handler; the latest errno that was OTHER. */
struct tally {
	_Atomic long of[OUTCOMES];
	_Atomic int odd_error;
};

static int port; /* that is dialled */

/* connect() and no more, so that it can be the only point of cancellation. */
static inline enum outcome storm_connect(int fd)
{
	const struct sockaddr_in to = {.sin_family = AF_INET,
				       .sin_port = htons((uint16_t)port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0)
		return errno == ECONNREFUSED ? REFUSED : errno == EADDRNOTAVAIL ? NO_PORT : OTHER;
	return is_self(fd) ? SELF : OTHER;
}

/* One socket, one dial; reset, so that no TIME_WAIT keeps the next one away. Safe in a signal
 * handler, where the caller looks after errno. */
static inline enum outcome storm_dial(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return OTHER;
	enum outcome outcome = storm_connect(fd);
	const int error = errno;
	close_reset(fd);
	errno = error;
	return outcome;
}

static inline void storm_count(struct tally *tally, enum outcome outcome)
{
	tally->of[outcome]++;
	if (outcome == OTHER)
		tally->odd_error = errno;
}

static inline pthread_t storm_thread(void *(*run)(void *), void *argument)
{
	pthread_t thread;
	must(-pthread_create(&thread, NULL, run, argument), "pthread_create");
	return thread;
}

/* The lowest free descriptor: higher after a storm than before if one is left open. */
static inline int storm_lowest_free(void)
{
	int fd = must(dup(STDOUT_FILENO), "dup");
	close(fd);
	return fd;
}

/* Prints the counts, and what became of the lowest free descriptor; the status to exit with. */
static inline int storm_end(struct tally *t, int lowest_before, bool odd)
{
	const int lowest = storm_lowest_free();

	printf("%ld dials, %ld refused, %ld reached themselves, %ld without a port, %ld otherwise",
	       t->of[REFUSED] + t->of[SELF] + t->of[NO_PORT] + t->of[OTHER], t->of[REFUSED],
	       t->of[SELF], t->of[NO_PORT], t->of[OTHER]);
	if (t->of[OTHER])
		printf(" (%s)", strerror(t->odd_error));
	printf("; %+d descriptors\n", lowest - lowest_before);
	return odd || t->of[OTHER] || lowest != lowest_before ? 3 : t->of[SELF] ? 1 : 0;
}
