/* SPDX-License-Identifier: MIT */
/* A preloaded library that prints each call and passes it on. */
#include "../probes/net.h"

#include <sys/syscall.h>

#define PASSES_ON(type, name, arguments, ...)                                                      \
	type name arguments                                                                        \
	{                                                                                          \
		dprintf(2, "behind: " #name "\n");                                                 \
		return (type)syscall(SYS_##name, __VA_ARGS__);                                     \
	}

PASSES_ON(int, connect, (int fd, const struct sockaddr *to, socklen_t length), fd, to, length)
PASSES_ON(int, bind, (int fd, const struct sockaddr *at, socklen_t length), fd, at, length)
PASSES_ON(int, getsockname, (int fd, struct sockaddr *name, socklen_t *length), fd, name, length)
PASSES_ON(ssize_t, sendto,
	  (int fd, const void *data, size_t size, int flags, const struct sockaddr *to,
	   socklen_t length),
	  fd, data, size, flags, to, length)
PASSES_ON(ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags), fd, message, flags)
PASSES_ON(int, sendmmsg, (int fd, struct mmsghdr *messages, unsigned count, int flags), fd,
	  messages, count, flags)
