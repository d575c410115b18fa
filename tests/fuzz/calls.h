/* SPDX-License-Identifier: MIT */
/* The calls under test, in the two ways that are compared. */
#pragma once

#include <sys/socket.h>
#include <sys/types.h>

struct mmsghdr;

struct calls {
	int (*connect)(int, const struct sockaddr *, socklen_t);
	int (*bind)(int, const struct sockaddr *, socklen_t);
	int (*getsockname)(int, struct sockaddr *, socklen_t *);
	ssize_t (*sendto)(int, const void *, size_t, int, const struct sockaddr *, socklen_t);
	ssize_t (*sendmsg)(int, const struct msghdr *, int);
	int (*sendmmsg)(int, struct mmsghdr *, unsigned, int);
	int (*listen)(int, int);
};

enum way { INTERPOSED, RAW };

extern const struct calls calls_in[2]; /* by way */
