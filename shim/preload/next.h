/* SPDX-License-Identifier: MIT */
/* The functions that this library stands in front of: the next library's, or libc's. */
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
 * Finds them. Where there is no dlsym (glibc before 2.34 in a program without libdl) or a name is
 * missing, the system call stands in: no other preload behind this one then sees the call, and it
 * is no point of cancellation.
 */
void next_find(struct next *next);
