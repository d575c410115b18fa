/* SPDX-License-Identifier: MIT */
/* A library with a mistake of the kind that FUZZ_MISTAKE names, to show that the fuzz can fail. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { NO_PORT_HINT = 24 };

static int is(const char *mistake)
{
	const char *wanted = getenv("FUZZ_MISTAKE");
	return wanted && strcmp(wanted, mistake) == 0;
}

/*
 * "hint-left": the hint, set and left there. "hint-lent": set for the length of the call, and
 * nobody who makes the port good. "errno-lost": a failure without a reason.
 */
int bind(int fd, const struct sockaddr *address, socklen_t length)
{
	int (*next)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "bind");
	const int hinted = is("hint-left") || is("hint-lent"), on = 1, before = errno;
	int own = 0;
	socklen_t size = sizeof(own);

	if (hinted) {
		getsockopt(fd, IPPROTO_IP, NO_PORT_HINT, &own, &size);
		setsockopt(fd, IPPROTO_IP, NO_PORT_HINT, &on, sizeof(on));
		errno = before;
	}
	int r = next(fd, address, length);
	const int error = errno;
	if (is("hint-lent"))
		setsockopt(fd, IPPROTO_IP, NO_PORT_HINT, &own, sizeof(own));
	errno = error;
	if (is("errno-lost") && r < 0)
		errno = 0;
	return r;
}

/* "one-byte-more": writes behind the name. "length-read": looks at what may not be there. */
int getsockname(int fd, struct sockaddr *name, socklen_t *length)
{
	int (*next)(int, struct sockaddr *, socklen_t *) = dlsym(RTLD_NEXT, "getsockname");
	const volatile socklen_t *room = length;
	if (is("length-read") && *room == 0)
		return next(fd, name, length);
	int r = next(fd, name, length);
	if (is("one-byte-more") && r == 0 && *length == sizeof(struct sockaddr_in))
		((char *)name)[*length] = 1;
	return r;
}

/* "errno-touched": a success that changes errno. */
int connect(int fd, const struct sockaddr *to, socklen_t length)
{
	int (*next)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "connect");
	int r = next(fd, to, length);
	if (is("errno-touched") && r == 0)
		errno = EAGAIN;
	return r;
}
