/* SPDX-License-Identifier: MIT */
/* Handles one reported dial: keeps it from reaching itself and decides the answer. */
#pragma once

#include <linux/seccomp.h>

#include "core/log.h"

#define DIAL_RANGE_FILE "/proc/sys/net/ipv4/ip_local_port_range"

/* The state of the supervisor. */
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

/* Copies a descriptor of the thread that waits for an answer; negative if it no longer waits. */
int dial_fetch(const struct supervisor *supervisor, const struct seccomp_notif *notification,
	       int fd);

/*
 * Returns the answer: DIAL_CONTINUE, a negative errno, or a value for the call to return. If a step
 * fails, DIAL_CONTINUE. Fills `event` for the log; its action is NULL if there is nothing to log.
 */
enum { DIAL_CONTINUE = 0 };
long dial_decide(const struct supervisor *supervisor, const struct seccomp_notif *notification,
		 struct log_event *event);
