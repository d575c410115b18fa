/* SPDX-License-Identifier: MIT */
/* Dials and says, a line each, whether all that the program had set on its socket is still so. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

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
	{"IP_LOCAL_PORT_RANGE", IPPROTO_IP, 51, 40000 | 60000 << 16},
};
enum { OPTIONS = sizeof(options) / sizeof(*options) };

static void must(int r, const char *what)
{
	if (r < 0) {
		perror(what);
		exit(3);
	}
}

static void says(const char *what, bool kept)
{
	printf("%s=%s\n", what, kept ? "kept" : "LOST");
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("usage: keeps ADDRESS PORT\n", stderr);
		return 2;
	}
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[2]))};
	inet_pton(AF_INET, argv[1], &to.sin_addr);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), twin = dup(fd);
	int epoll = epoll_create1(0);
	struct epoll_event event = {.events = EPOLLOUT, .data.u64 = 4711};
	struct stat before, after, of_twin;

	must(fd, "socket");
	must(twin, "dup");
	must(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
	for (int i = 0; i < OPTIONS; i++)
		must(setsockopt(fd, options[i].level, options[i].option, &options[i].value,
				sizeof(int)),
		     options[i].name);
	must(fstat(fd, &before), "fstat");

	connect(fd, (struct sockaddr *)&to, sizeof(to));

	struct sockaddr_in a = {0}, b = {0};
	socklen_t alen = sizeof(a), blen = sizeof(b);
	must(getsockname(fd, (struct sockaddr *)&a, &alen), "getsockname");
	bool self = getpeername(fd, (struct sockaddr *)&b, &blen) == 0 && a.sin_port == b.sin_port;
	printf("self=%s\n", self ? "yes" : "no");
	must(fstat(fd, &after), "fstat");
	must(fstat(twin, &of_twin), "fstat");
	says("socket", before.st_ino == after.st_ino);
	says("duplicate", before.st_ino == of_twin.st_ino);
	says("O_NONBLOCK", fcntl(fd, F_GETFL) & O_NONBLOCK);
	says("FD_CLOEXEC", fcntl(fd, F_GETFD) & FD_CLOEXEC);
	memset(&event, 0, sizeof(event));
	must(epoll_wait(epoll, &event, 1, 2000), "epoll_wait");
	says("epoll", event.data.u64 == 4711 && event.events & EPOLLOUT);
	for (int i = 0; i < OPTIONS; i++) {
		int value = -1;
		socklen_t length = sizeof(value);
		must(getsockopt(fd, options[i].level, options[i].option, &value, &length),
		     options[i].name);
		says(options[i].name, value == options[i].value);
	}
	return 0;
}
