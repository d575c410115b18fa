/* SPDX-License-Identifier: MIT */
/* The functions that this library replaces, as the next library or libc defines them. */
#pragma once

#include <stddef.h>
#include <sys/types.h>
#include <sys/socket.h>

struct mmsghdr;

struct next {
	int (*connect)(int, const struct sockaddr *, socklen_t);
	int (*bind)(int, const struct sockaddr *, socklen_t);
	int (*getsockname)(int, struct sockaddr *, socklen_t *);
	ssize_t (*sendto)(int, const void *, size_t, int, const struct sockaddr *, socklen_t);
	ssize_t (*sendmsg)(int, const struct msghdr *, int);
	int (*sendmmsg)(int, struct mmsghdr *, unsigned, int);
};

/*
 * Finds them. If there is no dlsym() (glibc before 2.34 in a program without libdl), or it does not
 * find a name, the system call is used instead. Preloaded libraries after this one then do not see
 * the call, and it is no cancellation point.
 */
void next_find(struct next *next);
