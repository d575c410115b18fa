/* SPDX-License-Identifier: MIT */
/* Passes a call that dials to the core's loop, and converts results between libc and the core. */
#include "dial.h"

#include <errno.h>
#include <stddef.h>

#include "core/sys.h"

long dial_result(long result)
{
	if (result >= 0)
		return result;
	/* Another preloaded library may return -1 without an errno. */
	return errno ? -errno : -EIO;
}

/* Out of line: its buffers take stack only for a self-connection. */
__attribute__((noinline)) static void log_event(const struct context *context,
						const struct log_event *event)
{
	char comm[16] = "";
	const struct log_source source = {sys_pid(), comm};

	sys_thread_name(comm);
	log_write(context, &source, event);
}

long dial_on(const struct load *load, int fd, const struct connect_op *op, const void *call,
	     long first)
{
	const int errno_before = errno;
	struct log_event event;
	const long result = guard_dial(&load->context.settings, fd, op, call, first, &event);

	if (event.action)
		log_event(&load->context, &event);
	errno = result < 0 ? (int)-result : errno_before;
	return result < 0 ? -1 : result;
}

long dial(const struct load *load, int fd, const struct connect_op *op, const void *call)
{
	const int errno_before = errno;
	const long result = dial_on(load, fd, op, call, op->connect(call));
	if (result >= 0)
		errno = errno_before;
	return result;
}
