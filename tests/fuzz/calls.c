/* SPDX-License-Identifier: MIT */
/* The calls under test, in the two ways that are compared. */
#define _GNU_SOURCE
#include "calls.h"

#include <sys/syscall.h>
#include <unistd.h>

static int raw_connect(int fd, const struct sockaddr *to, socklen_t length)
{
	return (int)syscall(SYS_connect, fd, to, length);
}

static int raw_bind(int fd, const struct sockaddr *to, socklen_t length)
{
	return (int)syscall(SYS_bind, fd, to, length);
}

static int raw_getsockname(int fd, struct sockaddr *name, socklen_t *length)
{
	return (int)syscall(SYS_getsockname, fd, name, length);
}

static ssize_t raw_sendto(int fd, const void *data, size_t size, int flags,
			  const struct sockaddr *to, socklen_t length)
{
	return syscall(SYS_sendto, fd, data, size, flags, to, length);
}

static ssize_t raw_sendmsg(int fd, const struct msghdr *message, int flags)
{
	return syscall(SYS_sendmsg, fd, message, flags);
}

static int raw_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
	return (int)syscall(SYS_sendmmsg, fd, messages, count, flags);
}

const struct calls calls_in[] = {
	[INTERPOSED] = {connect, bind, getsockname, sendto, sendmsg, sendmmsg, listen},
	[RAW] = {raw_connect, raw_bind, raw_getsockname, raw_sendto, raw_sendmsg, raw_sendmmsg,
		 listen},
};
