/* SPDX-License-Identifier: MIT */
/* sendto(), sendmsg() and sendmmsg(), which with MSG_FASTOPEN dial too. */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "export.h"
#include "core/guard.h"
#include "load.h"
#include "core/sys.h"
#include "core/tcpsock.h"

/*
 * The hooks are a test and a jump for sends that do not dial; the rest is out of line, where a
 * frame may be built. A call before the constructor has run goes there too, flag or not: without it
 * there is no destination, and so nothing is looked at.
 */

/* As the kernel has it; libc shows it to GNU sources only. */
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

static long sendto_dial(const void *call)
{
	const struct sendto_call *c = call;
	return c->next->sendto(c->fd, c->data, c->size, c->flags, c->to, c->length);
}

static const void *sendto_destination(const void *call, socklen_t *length)
{
	const struct sendto_call *c = call;
	*length = c->length;
	return (c->flags & MSG_FASTOPEN) ? c->to : NULL;
}

/* What a first send gets into any socket's buffers without waiting, however small they are. */
enum { FITS = 4096 };

/*
 * How much of the data goes with the dial. A send that waits for all of it to be taken would wait
 * for ever in a socket that reached itself, where nobody reads: the rest goes after the look.
 */
static size_t size_to_dial_with(const struct settings *settings, int fd, size_t size, int flags)
{
	const bool whole = size <= FITS || !(flags & MSG_FASTOPEN) || (flags & MSG_DONTWAIT) ||
			   settings->disabled || settings->mode == MODE_OBSERVE;
	return whole || sys_nonblocking(fd) != 0 || !tcpsock_is_tcp(fd) ? size : FITS;
}

__attribute__((noinline)) static ssize_t sendto_guarded(int fd, const void *data, size_t size,
							int flags, const struct sockaddr *to,
							socklen_t length)
{
	static const struct door door = {sendto_dial, sendto_destination};
	const int errno_before = errno;
	struct load early;
	const struct load *load = load_get(&early);
	const size_t first = size_to_dial_with(&load->settings, fd, size, flags);
	const struct sendto_call call = {&load->next, fd, data, first, flags, to, length};

	errno = errno_before;
	ssize_t sent = guard_dial(&load->settings, &load->stderr_at_start, fd, &door, &call);
	if (first < size && sent == (ssize_t)first) {
		/* Behind a part that was taken, a failure is a shorter count, and no signal. */
		const ssize_t rest =
			load->next.sendto(fd, (const char *)data + first, size - first,
					  (flags & ~MSG_FASTOPEN) | MSG_NOSIGNAL, NULL, 0);
		if (rest < 0)
			errno = errno_before;
		else
			sent += rest;
	}
	return sent;
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

static long sendmsg_dial(const void *call)
{
	const struct sendmsg_call *c = call;
	return c->next->sendmsg(c->fd, c->message, c->flags);
}

static const void *sendmsg_destination(const void *call, socklen_t *length)
{
	const struct sendmsg_call *c = call;
	if (!(c->flags & MSG_FASTOPEN))
		return NULL;
	*length = c->message->msg_namelen;
	return c->message->msg_name;
}

__attribute__((noinline)) static ssize_t sendmsg_guarded(int fd, const struct msghdr *message,
							 int flags)
{
	static const struct door door = {sendmsg_dial, sendmsg_destination};
	struct load early;
	const struct load *load = load_get(&early);
	const struct sendmsg_call call = {&load->next, fd, message, flags};
	return guard_dial(&load->settings, &load->stderr_at_start, fd, &door, &call);
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

static long sendmmsg_dial(const void *call)
{
	const struct sendmmsg_call *c = call;
	return c->next->sendmmsg(c->fd, c->messages, c->count, c->flags);
}

/* The first message is the one that dials; the kernel has read none where there is none. */
static const void *sendmmsg_destination(const void *call, socklen_t *length)
{
	const struct sendmmsg_call *c = call;
	if (c->count == 0 || !(c->flags & MSG_FASTOPEN))
		return NULL;
	*length = c->messages[0].header.msg_namelen;
	return c->messages[0].header.msg_name;
}

__attribute__((noinline)) static int sendmmsg_guarded(int fd, struct mmsghdr *messages,
						      unsigned count, int flags)
{
	static const struct door door = {sendmmsg_dial, sendmmsg_destination};
	struct load early;
	const struct load *load = load_get(&early);
	const struct sendmmsg_call call = {&load->next, fd, messages, count, flags};
	return (int)guard_dial(&load->settings, &load->stderr_at_start, fd, &door, &call);
}

EXPORT int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
	const struct load *load = load_done;
	if (load && !(flags & MSG_FASTOPEN))
		return load->next.sendmmsg(fd, messages, count, flags);
	return sendmmsg_guarded(fd, messages, count, flags);
}

/* What glibc's headers make of the two where time is 64 bits wide on a 32-bit machine. */
#if defined __i386__ || defined __arm__
EXPORT ssize_t __sendmsg64(int fd, const struct msghdr *message, int flags)
	__attribute__((alias("sendmsg")));
EXPORT int __sendmmsg64(int fd, struct mmsghdr *messages, unsigned count, int flags)
	__attribute__((alias("sendmmsg")));
#endif
