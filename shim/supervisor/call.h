/* SPDX-License-Identifier: MIT */
/* What a reported system call dials: the socket, and the destination in the program's memory. */
#pragma once

#include <linux/seccomp.h>

#include "core/endpoint.h"

struct call {
	int fd;
	struct endpoint to;
};

/*
 * False where the call does not dial an internet address, or its memory cannot be read: there is
 * nothing to do then.
 */
bool call_read(const struct seccomp_notif *notification, struct call *call);

/*
 * A dial that no program makes and no kernel accepts, which the supervisor answers with a value
 * of its own. call_probe() makes it in this process: true where a supervisor of ours answered.
 */
enum { CALL_PROBE_ANSWER = 0x6e73 };
bool call_is_probe(const struct seccomp_notif *notification);
bool call_probe(void);
