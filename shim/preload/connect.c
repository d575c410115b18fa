/* SPDX-License-Identifier: MIT */
/* connect(), and the second name that libc has for it. */
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

/* Before the constructor has run. */
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
	/* A failed first dial has overwritten errno, and is not the program's to see. */
	if (result < 0 && r >= 0)
		errno = 0;
	return r;
}

/* Whether it may have reached itself. Switched off, nothing is asked; nor of a UNIX socket. */
static inline bool is_suspect(int fd, const struct sockaddr *to, socklen_t length)
{
	const struct endpoint_start *start = endpoint_start(to, length);
	return start && load_done->context.settings.mode != MODE_OFF &&
	       detect_self_port(fd) == start->port;
}

/*
 * Nearly every dial ends here: this is all that it costs. errno is not saved before: a first dial
 * that succeeds leaves it alone, and so does what follows.
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
