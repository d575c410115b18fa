/* SPDX-License-Identifier: MIT */
/* What must be left alone: other sockets that reach themselves or each other, and says how. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static struct sockaddr_in at(const char *address, int port)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	inet_pton(AF_INET, address, &in.sin_addr);
	return in;
}

static int bound(int type, const char *address, int port)
{
	struct sockaddr_in in = at(address, port);
	int fd = socket(AF_INET, type, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&in, sizeof(in)) != 0) {
		perror("bound");
		exit(3);
	}
	return fd;
}

static const char *dial(int fd, const void *to, socklen_t length)
{
	return connect(fd, to, length) == 0 ? "OK" : strerrorname_np(errno);
}

/* A datagram socket that is connected to itself is in order: a common way to a pipe. */
static void datagrams(void)
{
	struct sockaddr_in to = at("127.0.0.1", 50000);
	int fd = bound(SOCK_DGRAM, "127.0.0.1", 50000);
	char got[8] = "";
	printf("udp: %s", dial(fd, &to, sizeof(to)));
	printf(" sent=%zd", send(fd, "x", 1, 0));
	printf(" got=%zd\n", recv(fd, got, sizeof(got), MSG_DONTWAIT));
}

static void unix_stream(void)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX, .sun_path = "\0noself-others"};
	const socklen_t length = offsetof(struct sockaddr_un, sun_path) + 14;
	int listener = socket(AF_UNIX, SOCK_STREAM, 0), fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&to, length) != 0 || listen(listener, 1) != 0)
		perror("unix");
	printf("unix: %s\n", dial(fd, &to, length));
}

/* Two sockets that dial each other: legal, and nobody's self. */
static void simultaneous_open(void)
{
	struct sockaddr_in a = at("127.0.0.1", 50000), b = at("127.0.0.2", 50000);
	int one = bound(SOCK_STREAM | SOCK_NONBLOCK, "127.0.0.1", 50000);
	int two = bound(SOCK_STREAM | SOCK_NONBLOCK, "127.0.0.2", 50000);
	/* The first SYN must not find the port closed: the rule holds it back for a moment. */
	if (system("nft 'add table ip hold; "
		   "add chain ip hold out { type filter hook output priority 0; }; "
		   "add rule ip hold out ip daddr 127.0.0.2 tcp flags == syn drop'") != 0)
		exit(3);
	printf("simultaneous: %s", dial(one, &b, sizeof(b)));
	printf(" %s", dial(two, &a, sizeof(a)));
	if (system("nft delete table ip hold") != 0)
		exit(3);
	struct pollfd both[2] = {{.fd = one, .events = POLLOUT}, {.fd = two, .events = POLLOUT}};
	for (int i = 0; i < 2; i++) {
		int error = -1;
		socklen_t n = sizeof(error);
		poll(&both[i], 1, 5000);
		getsockopt(both[i].fd, SOL_SOCKET, SO_ERROR, &error, &n);
		printf(" %s", error ? strerrorname_np(error) : "OK");
	}
	char got[8] = "";
	printf(" sent=%zd", send(one, "x", 1, MSG_NOSIGNAL));
	poll(&(struct pollfd){.fd = two, .events = POLLIN}, 1, 5000);
	printf(" got=%zd\n", recv(two, got, sizeof(got), MSG_DONTWAIT));
}

static void nothing(int signal)
{
	(void)signal;
}

/* A listener whose queue is full lets a dial wait: for a signal, or for SO_SNDTIMEO. */
static void waiting(void)
{
	struct sockaddr_in to = at("127.0.0.1", 700);
	int listener = bound(SOCK_STREAM, "127.0.0.1", 700);
	const struct timeval soon = {.tv_usec = 100000};
	const struct itimerval alarm_soon = {.it_value = soon};
	struct sigaction action = {.sa_handler = nothing};

	listen(listener, 0);
	for (int i = 0; i < 3; i++) {
		int filler = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(filler, (struct sockaddr *)&to, sizeof(to));
	}
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &alarm_soon, NULL);
	printf("interrupted: %s\n", dial(socket(AF_INET, SOCK_STREAM, 0), &to, sizeof(to)));
	int timed = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(timed, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof(soon));
	printf("timed out: %s\n", dial(timed, &to, sizeof(to)));
	int waiting = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	printf("not waiting: %s", dial(waiting, &to, sizeof(to)));
	printf(" %s\n", dial(waiting, &to, sizeof(to)));
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	datagrams();
	unix_stream();
	simultaneous_open();
	waiting();
	return 0;
}
