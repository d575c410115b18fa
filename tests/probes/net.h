/* SPDX-License-Identifier: MIT */
/* Shared by the probes: names of sockets, creating sockets, and the result of a dial. */
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* From linux/mptcp.h and, since Linux 6.3, linux/in.h: lowest port | highest port << 16. */
enum { PROTOCOL_MPTCP = 262, LOCAL_PORT_RANGE = 51 };

/* An errno that no call here sets: a success must not change it. */
enum { UNTOUCHED = ENOTUNIQ };

/* An internet address with its length. sin_port and sin6_port have the same offset: use
 * in.sin_port. */
struct name {
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	};
	socklen_t length;
};

/* Exits with 3 if a call failed that the probe does not test. */
static inline int must(long r, const char *what)
{
	if (r < 0) {
		perror(what);
		exit(3);
	}
	return (int)r;
}

/* The name of an IPv4 or IPv6 address, with a zone if it has one; exits with 2 for other text. */
static inline struct name name_of(const char *address, int port)
{
	const struct addrinfo numeric = {.ai_flags = AI_NUMERICHOST};
	struct addrinfo *found;
	struct name name;

	if (getaddrinfo(address, NULL, &numeric, &found) != 0) {
		fprintf(stderr, "'%s' is no address\n", address);
		exit(2);
	}
	memcpy(&name.any, found->ai_addr, found->ai_addrlen);
	name.length = found->ai_addrlen;
	name.in.sin_port = htons((uint16_t)port);
	freeaddrinfo(found);
	return name;
}

static inline struct name loopback(int port)
{
	return name_of("127.0.0.1", port);
}

static inline int new_socket(int family, int type, int protocol)
{
	return must(socket(family, type, protocol), "socket");
}

/* A TCP or MPTCP socket that listens at the name. */
static inline int listen_on(const struct name *at, int protocol)
{
	const int fd = new_socket(at->any.sa_family, SOCK_STREAM, protocol);
	must(bind(fd, &at->any, at->length), "bind");
	must(listen(fd, 64), "listen");
	return fd;
}

/* The socket's own port, as getsockname() shows it. */
static inline int own_port(int fd)
{
	struct name name = {.length = sizeof(name.in6)};
	must(getsockname(fd, &name.any, &name.length), "getsockname");
	return ntohs(name.in.sin_port);
}

/* Dials by connect() or, with 's', 'g' or 'G', by sendto(), sendmsg() or sendmmsg(). */
static inline long dial_by(char call, int fd, const struct name *to, int flags)
{
	char data[] = "ping";
	struct iovec part = {data, 4};
	struct mmsghdr message = {.msg_hdr = {.msg_name = (void *)&to->any,
					      .msg_namelen = to->length,
					      .msg_iov = &part,
					      .msg_iovlen = 1}};
	switch (call) {
	case 's':
		return sendto(fd, data, 4, flags, &to->any, to->length);
	case 'g':
		return sendmsg(fd, &message.msg_hdr, flags);
	case 'G':
		return sendmmsg(fd, &message, 1, flags);
	default:
		return connect(fd, &to->any, to->length);
	}
}

/* Whether the socket is connected to itself. */
static inline bool is_self(int fd)
{
	struct name own = {.length = sizeof(own.in6)}, peer = own;
	return getsockname(fd, &own.any, &own.length) == 0 &&
	       getpeername(fd, &peer.any, &peer.length) == 0 && own.length == peer.length &&
	       memcmp(&own.any, &peer.any, own.length) == 0;
}

static inline void set_option(int fd, int level, int name, int value)
{
	must(setsockopt(fd, level, name, &value, sizeof(value)), "setsockopt");
}

static inline int get_option(int fd, int level, int name)
{
	int value = 0;
	socklen_t length = sizeof(value);
	must(getsockopt(fd, level, name, &value, &length), "getsockopt");
	return value;
}

/* The final result of a dial, for which it waits: 0 or an errno. */
static inline int settled(int fd)
{
	struct pollfd one = {.fd = fd, .events = POLLOUT};
	return poll(&one, 1, 2000) == 0 ? ETIMEDOUT : get_option(fd, SOL_SOCKET, SO_ERROR);
}

/* "OK" for 0, or the errno's name. */
static inline const char *error_name(int error)
{
	return error ? strerrorname_np(error) : "OK";
}

/* Resets instead of closing, so that no TIME_WAIT disturbs the next dial. */
static inline void close_reset(int fd)
{
	const struct linger reset = {.l_onoff = 1};
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(fd);
}
