/* SPDX-License-Identifier: MIT */
/* Shared by the storm probes: one dial of a port of 127.0.0.1 without a listener, its outcome, and
 * the counts. A storm exits with 0 if no dial reached itself, 1 if some did, 3 if something is odd.
 */
#pragma once

#include "net.h"

#include <pthread.h>
#include <stdatomic.h>

/* The outcome of a dial. A full range gives NO_PORT, also without the library. */
enum outcome { REFUSED, SELF, NO_PORT, OTHER, OUTCOMES };

/* Counts of outcomes, from all threads and signal handlers; the latest errno of OTHER. */
struct tally {
	_Atomic long of[OUTCOMES];
	_Atomic int odd_error;
};

static int port; /* the destination */

/* Only connect(), so that it can be the only cancellation point. */
static inline enum outcome storm_connect(int fd)
{
	const struct sockaddr_in to = {.sin_family = AF_INET,
				       .sin_port = htons((uint16_t)port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0)
		return errno == ECONNREFUSED ? REFUSED : errno == EADDRNOTAVAIL ? NO_PORT : OTHER;
	return is_self(fd) ? SELF : OTHER;
}

/* One socket and one dial; then a reset, so that no TIME_WAIT disturbs the next one. Safe in a
 * signal handler that saves errno. */
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

/* The lowest free descriptor. It is higher after a storm if a descriptor was left open. */
static inline int storm_lowest_free(void)
{
	int fd = must(dup(STDOUT_FILENO), "dup");
	close(fd);
	return fd;
}

/* Prints the counts, and whether the lowest free descriptor changed; returns the exit status. */
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
