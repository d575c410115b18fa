/* SPDX-License-Identifier: MIT */
/* A preloaded library that says which calls come by, and passes them on. */
#define _DEFAULT_SOURCE
#include <stddef.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

struct mmsghdr;

static void says(const char *line, size_t size)
{
	if (write(2, line, size) != (ssize_t)size)
		_exit(3);
}

#define SAYS(name) says("behind: " name "\n", sizeof("behind: " name "\n") - 1)

int connect(int fd, const struct sockaddr *to, socklen_t length)
{
	SAYS("connect");
	return (int)syscall(SYS_connect, fd, to, length);
}

int bind(int fd, const struct sockaddr *at, socklen_t length)
{
	SAYS("bind");
	return (int)syscall(SYS_bind, fd, at, length);
}

int getsockname(int fd, struct sockaddr *name, socklen_t *length)
{
	SAYS("getsockname");
	return (int)syscall(SYS_getsockname, fd, name, length);
}

ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *to,
	       socklen_t length)
{
	SAYS("sendto");
	return syscall(SYS_sendto, fd, data, size, flags, to, length);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	SAYS("sendmsg");
	return syscall(SYS_sendmsg, fd, message, flags);
}

int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
	SAYS("sendmmsg");
	return (int)syscall(SYS_sendmmsg, fd, messages, count, flags);
}
