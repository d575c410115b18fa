/* SPDX-License-Identifier: MIT */
/* Starts the supervisor's process and gives it the listener of this process's filter. */
#pragma once

#include "core/log.h"

enum handover_failure {
	HANDOVER_OK,
	HANDOVER_NO_PROCESS, /* no process, socket or memory for the supervisor */
	HANDOVER_NO_FILTER,  /* seccomp() failed */
	HANDOVER_NO_ACCESS,  /* the supervisor may not look at this process */
	HANDOVER_NO_ANSWER,  /* the supervisor has ended, or cannot receive or answer */
};

struct handover {
	enum handover_failure failure;
	int error;             /* of the system call that failed, negative */
	bool children_covered; /* else Yama keeps the supervisor from all but this very process */
};

/*
 * Everything is tried before in a child process, so that a failure leaves this process as it was:
 * a filter cannot be taken off again. Only should the supervisor be killed in the few
 * microseconds after that, HANDOVER_NO_ANSWER is returned with a filter in place.
 */
struct handover handover(const struct context *context);

/* Only tries it in a child process, and leaves this one as it is. */
struct handover handover_try(const struct context *context);
