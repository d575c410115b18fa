/* SPDX-License-Identifier: MIT */
/* Connect, detect, disconnect, connect again: the loop for every call that dials. */
#pragma once

#include <stdbool.h>
#include <sys/socket.h>

#include "log_line.h"
#include "settings.h"

/* One way to connect, such as connect() or sendto() with MSG_FASTOPEN. */
struct connect_op {
	/* Dials once. The call's own result, or a negative errno. May be called several times. */
	long (*connect)(const void *call);
	/*
	 * The destination in the caller's memory, NULL for none. Called only after a dial that
	 * succeeded or is under way, so that the kernel has read that memory before.
	 */
	const void *(*destination)(const void *call, socklen_t *length);
	/* Whether the call may connect and then fail all the same, as a send may. */
	bool can_fail_connected;
};

/*
 * Goes on after a dial that gave `result`, the call's own or a negative errno: dials again until
 * the socket `fd` has not reached itself, or fails. Returns what the program gets, in the same
 * form. `call` is handed to `op`. `event` says what is to be logged; its action is NULL where the
 * socket did not meet itself.
 */
long guard_dial(const struct settings *settings, int fd, const struct connect_op *op,
		const void *call, long result, struct log_event *event);
