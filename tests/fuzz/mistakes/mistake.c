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

#define NEXT(name) ((__typeof__(name) *)dlsym(RTLD_NEXT, #name))

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
	const int on = 1, off = 0, before = errno;

	if (is("option-left") || is("port-never"))
		setsockopt(fd, IPPROTO_IP, BIND_NO_PORT, &on, sizeof(on));
	errno = before;
	const int r = NEXT(bind)(fd, address, length), error = errno;
	if (is("port-never"))
		setsockopt(fd, IPPROTO_IP, BIND_NO_PORT, &off, sizeof(off));
	errno = r < 0 && is("errno-lost") ? 0 : error;
	return r;
}

/* "one-byte-more": writes a byte after the name. "length-read": reads a pointer that may be
 * invalid. */
int getsockname(int fd, struct sockaddr *name, socklen_t *length)
{
	const volatile socklen_t *room = length;
	if (is("length-read") && *room == 0)
		errno = 0;
	const int r = NEXT(getsockname)(fd, name, length);
	if (is("one-byte-more") && r == 0 && *length == sizeof(struct sockaddr_in))
		((char *)name)[*length] = 1;
	return r;
}

/* "errno-touched": a success changes errno. */
int connect(int fd, const struct sockaddr *to, socklen_t length)
{
	const int r = NEXT(connect)(fd, to, length);
	if (is("errno-touched") && r == 0)
		errno = EAGAIN;
	return r;
}
