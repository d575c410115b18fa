/* SPDX-License-Identifier: MIT */
/* connect(), and the second name that libc has for it. */
#include <sys/socket.h>

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

EXPORT int connect(int fd, const struct sockaddr *to, socklen_t length)
{
	struct load early;
	const struct load *load = load_get(&early);
	const struct connect_call call = {&load->next, fd, to, length};
	return (int)dial(load, fd, &op, &call);
}

EXPORT int __connect(int fd, const struct sockaddr *to, socklen_t length)
	__attribute__((alias("connect")));
