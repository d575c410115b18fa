/* SPDX-License-Identifier: MIT */
/* One reported dial: makes it impossible that it reaches itself, and says how it goes on. */
#pragma once

#include <linux/seccomp.h>

#include "core/log.h"

#define DIAL_RANGE_FILE "/proc/sys/net/ipv4/ip_local_port_range"

/* What the supervisor knows. */
struct supervisor {
	const struct context *context;
	int listener;
	uint64_t netns; /* dial_netns() of its own sockets */
	int range_fd;   /* DIAL_RANGE_FILE of that namespace */
};

/* The number of the socket's network namespace, never used twice. */
uint64_t dial_netns(int socket);

/* One request to the listener; 0 or a negative errno. */
long dial_request(const struct supervisor *supervisor, unsigned long request, void *argument);

/* A copy of a descriptor of the thread that waits for an answer; negative where it waits no more.
 */
int dial_fetch(const struct supervisor *supervisor, const struct seccomp_notif *notification,
	       int fd);

/*
 * What to answer: DIAL_CONTINUE, or a negative errno, or the value that the call is to return.
 * Whatever fails on the way: DIAL_CONTINUE. `event` is what is to be logged; its action is NULL
 * where nothing is.
 */
enum { DIAL_CONTINUE = 0 };
long dial_decide(const struct supervisor *supervisor, const struct seccomp_notif *notification,
		 struct log_event *event);
