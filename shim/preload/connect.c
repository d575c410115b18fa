/* SPDX-License-Identifier: MIT */
/* connect(), and __connect(), libc's second name for it. */
#include <errno.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "core/detect_self.h"
#include "dial.h"
#include "export.h"

struct connect_call {
	const struct next *next;
	int fd;
	const struct sockaddr *to;
	socklen_t length;
};

static long connect_once(const void *call)
{
	const struct connect_call *c = call;
	return dial_result(c->next->connect(c->fd, c->to, c->length));
}

static const void *destination(const void *call, socklen_t *length)
{
	const struct connect_call *c = call;
	*length = c->length;
	return c->to;
}

static const struct connect_op op = {connect_once, destination, false};

/* For a call before the constructor has run. */
__attribute__((noinline)) static int connect_early(int fd, const struct sockaddr *to,
						   socklen_t length)
{
	struct load early;
	const struct load *load = load_get(&early);
	const struct connect_call call = {&load->next, fd, to, length};
	return (int)dial(load, fd, &op, &call);
}

/* After a first dial that may have reached itself, or failed. */
__attribute__((noinline)) static int connect_again(int fd, const struct sockaddr *to,
						   socklen_t length, int result)
{
	const struct load *load = load_done;
	const struct connect_call call = {&load->next, fd, to, length};
	const int r = (int)dial_on(load, fd, &op, &call, dial_result(result));
	/* The first dial failed and set errno, but the call succeeds: hide that error. */
	if (result < 0 && r >= 0)
		errno = 0;
	return r;
}

/* Whether the socket may have reached itself. No system call if disabled or for a UNIX socket. */
static inline bool is_suspect(int fd, const struct sockaddr *to, socklen_t length)
{
	const struct endpoint_start *start = endpoint_start(to, length);
	return start && load_done->context.settings.mode != MODE_OFF &&
	       detect_self_port(fd) == start->port;
}

/*
 * The short path, on which nearly every dial ends. It does not save errno: a dial that succeeds
 * does not change it, and nor does is_suspect().
 */
EXPORT int connect(int fd, const struct sockaddr *to, socklen_t length)
{
	const struct load *load = load_done;
	if (!load)
		return connect_early(fd, to, length);
	if (load->next.connect(fd, to, length) == 0)
		return is_suspect(fd, to, length) ? connect_again(fd, to, length, 0) : 0;
	if (errno == EINPROGRESS && !is_suspect(fd, to, length))
		return -1;
	return connect_again(fd, to, length, -1);
}

EXPORT int __connect(int fd, const struct sockaddr *to, socklen_t length)
	__attribute__((alias("connect")));
