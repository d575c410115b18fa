/* SPDX-License-Identifier: MIT */
/* Options that a program may set on a socket, and a check which of them a dial has lost. */
#pragma once
#include "net.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/stat.h>

static const struct {
	const char *name;
	int level, option, value;
} options[] = {
	{"SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE, 1},
	{"SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR, 1},
	{"SO_OOBINLINE", SOL_SOCKET, SO_OOBINLINE, 1},
	{"TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY, 1},
	{"TCP_KEEPIDLE", IPPROTO_TCP, TCP_KEEPIDLE, 1234},
	{"TCP_KEEPINTVL", IPPROTO_TCP, TCP_KEEPINTVL, 77},
	{"TCP_USER_TIMEOUT", IPPROTO_TCP, TCP_USER_TIMEOUT, 4321},
	{"TCP_SYNCNT", IPPROTO_TCP, TCP_SYNCNT, 3},
	{"IP_TTL", IPPROTO_IP, IP_TTL, 42},
	{"IP_TOS", IPPROTO_IP, IP_TOS, 16},
	{"IP_BIND_ADDRESS_NO_PORT", IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 0},
	{"IP_LOCAL_PORT_RANGE", IPPROTO_IP, LOCAL_PORT_RANGE, 40000 | 60000 << 16},
};
enum { OPTIONS = sizeof(options) / sizeof(*options) };

/* Other state that the dial must not change. */
struct kept {
	int duplicate, epoll;
	ino_t inode;
};

static struct kept set_all(int fd)
{
	struct kept kept = {.duplicate = must(dup(fd), "dup"), .epoll = epoll_create1(0)};
	struct epoll_event event = {.events = EPOLLOUT, .data.u64 = 4711};
	struct stat status;

	must(epoll_ctl(kept.epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
	for (int i = 0; i < OPTIONS; i++)
		set_option(fd, options[i].level, options[i].option, options[i].value);
	must(fcntl(fd, F_SETFD, FD_CLOEXEC), "FD_CLOEXEC");
	must(fstat(fd, &status), "fstat");
	kept.inode = status.st_ino;
	return kept;
}

static ino_t inode_of(int fd)
{
	struct stat status;
	must(fstat(fd, &status), "fstat");
	return status.st_ino;
}

static void say_lost(int fd, const struct kept *kept)
{
	struct epoll_event event = {0};

	if (inode_of(fd) != kept->inode || inode_of(kept->duplicate) != kept->inode)
		printf(" lost=socket");
	if (!(fcntl(fd, F_GETFD) & FD_CLOEXEC))
		printf(" lost=FD_CLOEXEC");
	if (epoll_wait(kept->epoll, &event, 1, 2000) != 1 || event.data.u64 != 4711)
		printf(" lost=epoll");
	for (int i = 0; i < OPTIONS; i++)
		if (get_option(fd, options[i].level, options[i].option) != options[i].value)
			printf(" lost=%s", options[i].name);
}
