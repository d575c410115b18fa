/* SPDX-License-Identifier: MIT */
/* What a worker of the benchmark shares: it waits for its turn, does a slice, says how long it
 * took. */
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static inline void must(long r, const char *what)
{
	if (r < 0) {
		perror(what);
		exit(3);
	}
}

/*
 * What a slice took, in nanoseconds: by the clock, and of processor time, from which what else the
 * machine has to do is left out.
 */
struct took {
	double processor, clock;
};

/* Nanoseconds on one of the kernel's clocks. */
static inline double nanoseconds(clockid_t clock)
{
	struct timespec now;
	clock_gettime(clock, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static inline struct took turn_now(void)
{
	return (struct took){nanoseconds(CLOCK_PROCESS_CPUTIME_ID), nanoseconds(CLOCK_MONOTONIC)};
}

/* Waits for a byte on stdin; false at its end. */
static inline bool turn_wait(void)
{
	char byte;
	return read(STDIN_FILENO, &byte, 1) == 1;
}

/* To whoever gave the turn. */
static inline void turn_done(struct took took)
{
	must(write(STDOUT_FILENO, &took, sizeof(took)), "write");
}

static inline int compare_doubles(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Sorts the values. */
static inline double median(double *values, int count)
{
	qsort(values, (size_t)count, sizeof(*values), compare_doubles);
	return (values[count / 2] + values[(count - 1) / 2]) / 2;
}

static inline struct sockaddr_in loopback(int port)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
				    .sin_port = htons((uint16_t)port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}
