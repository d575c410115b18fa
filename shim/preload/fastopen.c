/* SPDX-License-Identifier: MIT */
/* sendto(), sendmsg() and sendmmsg(), which dial if MSG_FASTOPEN is set. */
#include <stddef.h>
#include <sys/socket.h>

#include "dial.h"
#include "export.h"

/*
 * For sends that do not dial, each function is a test and a jump. The rest is out of line, so that
 * only a dial needs a stack frame. Calls before the constructor has run take that path too.
 */

/* The kernel's struct; libc declares it only with _GNU_SOURCE. */
struct mmsghdr {
	struct msghdr header;
	unsigned sent;
};
int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags);

struct sendto_call {
	const struct next *next;
	int fd;
	const void *data;
	size_t size;
	int flags;
	const struct sockaddr *to;
	socklen_t length;
};

static long sendto_once(const void *call)
{
	const struct sendto_call *c = call;
	return dial_result(c->next->sendto(c->fd, c->data, c->size, c->flags, c->to, c->length));
}

static const void *sendto_destination(const void *call, socklen_t *length)
{
	const struct sendto_call *c = call;
	*length = c->length;
	return c->to;
}

__attribute__((noinline)) static ssize_t sendto_guarded(int fd, const void *data, size_t size,
							int flags, const struct sockaddr *to,
							socklen_t length)
{
	static const struct connect_op op = {sendto_once, sendto_destination, true};
	struct load early;
	const struct load *load = load_get(&early);
	if (!(flags & MSG_FASTOPEN))
		return load->next.sendto(fd, data, size, flags, to, length);
	const struct sendto_call call = {&load->next, fd, data, size, flags, to, length};
	return dial(load, fd, &op, &call);
}

EXPORT ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *to,
		      socklen_t length)
{
	const struct load *load = load_done;
	if (load && !(flags & MSG_FASTOPEN))
		return load->next.sendto(fd, data, size, flags, to, length);
	return sendto_guarded(fd, data, size, flags, to, length);
}

struct sendmsg_call {
	const struct next *next;
	int fd;
	const struct msghdr *message;
	int flags;
};

static long sendmsg_once(const void *call)
{
	const struct sendmsg_call *c = call;
	return dial_result(c->next->sendmsg(c->fd, c->message, c->flags));
}

static const void *sendmsg_destination(const void *call, socklen_t *length)
{
	const struct sendmsg_call *c = call;
	*length = c->message->msg_namelen;
	return c->message->msg_name;
}

__attribute__((noinline)) static ssize_t sendmsg_guarded(int fd, const struct msghdr *message,
							 int flags)
{
	static const struct connect_op op = {sendmsg_once, sendmsg_destination, true};
	struct load early;
	const struct load *load = load_get(&early);
	if (!(flags & MSG_FASTOPEN))
		return load->next.sendmsg(fd, message, flags);
	const struct sendmsg_call call = {&load->next, fd, message, flags};
	return dial(load, fd, &op, &call);
}

EXPORT ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	const struct load *load = load_done;
	if (load && !(flags & MSG_FASTOPEN))
		return load->next.sendmsg(fd, message, flags);
	return sendmsg_guarded(fd, message, flags);
}

struct sendmmsg_call {
	const struct next *next;
	int fd;
	struct mmsghdr *messages;
	unsigned count;
	int flags;
};

static long sendmmsg_once(const void *call)
{
	const struct sendmmsg_call *c = call;
	return dial_result(c->next->sendmmsg(c->fd, c->messages, c->count, c->flags));
}

/* The first message dials. With a count of 0 the kernel has read none. */
static const void *sendmmsg_destination(const void *call, socklen_t *length)
{
	const struct sendmmsg_call *c = call;
	if (c->count == 0)
		return NULL;
	*length = c->messages[0].header.msg_namelen;
	return c->messages[0].header.msg_name;
}

__attribute__((noinline)) static int sendmmsg_guarded(int fd, struct mmsghdr *messages,
						      unsigned count, int flags)
{
	static const struct connect_op op = {sendmmsg_once, sendmmsg_destination, true};
	struct load early;
	const struct load *load = load_get(&early);
	if (!(flags & MSG_FASTOPEN))
		return load->next.sendmmsg(fd, messages, count, flags);
	const struct sendmmsg_call call = {&load->next, fd, messages, count, flags};
	return (int)dial(load, fd, &op, &call);
}

EXPORT int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
	const struct load *load = load_done;
	if (load && !(flags & MSG_FASTOPEN))
		return load->next.sendmmsg(fd, messages, count, flags);
	return sendmmsg_guarded(fd, messages, count, flags);
}

/* glibc's names for programs with 64-bit time on a 32-bit machine. */
#if defined __i386__ || defined __arm__
EXPORT ssize_t __sendmsg64(int fd, const struct msghdr *message, int flags)
	__attribute__((alias("sendmsg")));
EXPORT int __sendmmsg64(int fd, struct mmsghdr *messages, unsigned count, int flags)
	__attribute__((alias("sendmmsg")));
#endif
