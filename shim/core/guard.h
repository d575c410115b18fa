/* SPDX-License-Identifier: MIT */
/* Dial, look, undo, dial again: the one loop behind every door. Knows nothing of preloading. */
#pragma once

#include <sys/socket.h>

#include "log.h"
#include "settings.h"

/* One way to dial, such as connect(): how it is done, and where to. */
struct door {
	/* Dials once; -1 and errno, or the call's own result. May be called several times. */
	long (*dial)(const void *call);
	/*
	 * The destination in the caller's memory, NULL for none. Asked only after a dial that
	 * succeeded or is under way, when the kernel has read it too.
	 */
	const void *(*destination)(const void *call, socklen_t *length);
};

/*
 * Dials through the door until the socket `fd` has not reached itself, or fails: result and errno
 * are the program's own. On success errno is as it was before. `call` is handed to the door.
 */
long guard_dial(const struct settings *settings, const struct log_stderr *stderr_at_start, int fd,
		const struct door *door, const void *call);
