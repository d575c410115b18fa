/* SPDX-License-Identifier: MIT */
/* A library with the mistake that FUZZ_MISTAKE names, to show that the fuzz finds it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { BIND_NO_PORT = 24 };

static int is(const char *mistake)
{
	const char *wanted = getenv("FUZZ_MISTAKE");
	return wanted && strcmp(wanted, mistake) == 0;
}

/*
 * "option-left": IP_BIND_ADDRESS_NO_PORT is set and stays set. "port-never": it is set during the
 * call, and the port is never allocated. "errno-lost": a failure without an errno.
 */
int bind(int fd, const struct sockaddr *address, socklen_t length)
{
	int (*next)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "bind");
	const int deferred = is("option-left") || is("port-never"), on = 1, before = errno;
	int own = 0;
	socklen_t size = sizeof(own);

	if (deferred) {
		getsockopt(fd, IPPROTO_IP, BIND_NO_PORT, &own, &size);
		setsockopt(fd, IPPROTO_IP, BIND_NO_PORT, &on, sizeof(on));
		errno = before;
	}
	int r = next(fd, address, length);
	const int error = errno;
	if (is("port-never"))
		setsockopt(fd, IPPROTO_IP, BIND_NO_PORT, &own, sizeof(own));
	errno = error;
	if (is("errno-lost") && r < 0)
		errno = 0;
	return r;
}

/* "one-byte-more": writes a byte after the name. "length-read": reads a pointer that may be
 * invalid. */
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

/* "errno-touched": a success changes errno. */
int connect(int fd, const struct sockaddr *to, socklen_t length)
{
	int (*next)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "connect");
	int r = next(fd, to, length);
	if (is("errno-touched") && r == 0)
		errno = EAGAIN;
	return r;
}
