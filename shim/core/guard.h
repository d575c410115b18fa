/* SPDX-License-Identifier: MIT */
/* Connect, detect, disconnect, connect again: the loop for every call that dials. */
#pragma once

#include <stdbool.h>
#include <sys/socket.h>

#include "log_line.h"
#include "settings.h"

/* One way to connect, such as connect() or sendto() with MSG_FASTOPEN. */
struct connect_op {
	/* Dials once; returns the call's own result, or a negative errno. May be called again. */
	long (*connect)(const void *call);
	/*
	 * The destination in the program's memory, NULL for none. Called only after a dial that
	 * succeeded or is in progress: the kernel has then read that memory, so it is valid.
	 */
	const void *(*destination)(const void *call, socklen_t *length);
	/* Whether the call may connect and still fail, as a send may. */
	bool can_fail_connected;
};

/*
 * Continues after a first dial on `fd` that returned `result` (the call's own, or a negative
 * errno): as long as the socket is connected to itself, disconnects it and dials again, as the
 * settings say. Returns the result for the program, in the same form. `call` is passed to `op`.
 * Fills `event` for the log; its action is NULL if the socket never reached itself.
 */
long guard_dial(const struct settings *settings, int fd, const struct connect_op *op,
		const void *call, long result, struct log_event *event);
