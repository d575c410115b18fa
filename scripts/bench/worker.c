/* SPDX-License-Identifier: MIT */
/* Does one kind of work in turns: a byte on stdin starts a turn, stdout gets its nanoseconds. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void must(bool ok, const char *what)
{
	if (!ok) {
		perror(what);
		exit(3);
	}
}

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int tcp_socket(int flags)
{
	int fd = socket(AF_INET, SOCK_STREAM | flags, 0);
	must(fd >= 0, "socket");
	return fd;
}

static int dial(int fd, int port)
{
	const struct sockaddr_in to = {.sin_family = AF_INET,
				       .sin_port = htons((uint16_t)port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	return connect(fd, (const struct sockaddr *)&to, sizeof(to));
}

/* connect blocking|non-blocking: dials a listener. */
static void turn_connect(char **arguments)
{
	/* Accepted sockets inherit it and close with a reset: no TIME_WAIT is left. */
	const struct linger reset = {.l_onoff = 1, .l_linger = 0};
	static int listener = -1, port;
	struct sockaddr_in at;
	socklen_t length = sizeof(at);

	if (listener < 0) {
		listener = tcp_socket(0);
		must(!setsockopt(listener, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)) &&
			     !listen(listener, 16),
		     "listen");
		must(!getsockname(listener, (struct sockaddr *)&at, &length), "getsockname");
		port = ntohs(at.sin_port);
	}
	int fd = tcp_socket(arguments[0][0] == 'n' ? SOCK_NONBLOCK : 0);
	if (dial(fd, port) < 0) {
		struct pollfd one = {.fd = fd, .events = POLLOUT};
		must(errno == EINPROGRESS && poll(&one, 1, -1) == 1, "connect");
	}
	int accepted = accept(listener, NULL, NULL);
	must(accepted >= 0, "accept");
	close(accepted);
	close(fd);
}

/* refused PORT: dials a port on which nobody listens. */
static void turn_refused(char **arguments)
{
	int fd = tcp_socket(0);
	must(dial(fd, atoi(arguments[0])) < 0 && errno == ECONNREFUSED, "the refused dial");
	close(fd);
}

static bool is_self(int fd)
{
	struct sockaddr_in local, peer;
	socklen_t length = sizeof(local), peer_length = sizeof(peer);

	return !getsockname(fd, (struct sockaddr *)&local, &length) &&
	       !getpeername(fd, (struct sockaddr *)&peer, &peer_length) &&
	       local.sin_port == peer.sin_port && local.sin_addr.s_addr == peer.sin_addr.s_addr;
}

/*
 * self hand|library|refused ERRNO: sets the ephemeral range to two ports, a new pair each time, and
 * dials the first, which the kernel chooses first. The dial must fail with ERRNO.
 *   hand     does what Go's dialer does: compares both names, closes, dials from a new socket
 *   library  dials once; the preloaded library does the rest
 *   refused  dials a port outside the range, for comparison
 */
static void turn_self(char **arguments)
{
	static int range_file = -1, port = 2000;
	const char way = arguments[0][0];
	char range[32];

	if (range_file < 0) {
		range_file = open("/proc/sys/net/ipv4/ip_local_port_range", O_WRONLY | O_CLOEXEC);
		must(range_file >= 0, "ip_local_port_range");
	}
	port += 2; /* by hand, the last one is in TIME_WAIT */
	int length = sprintf(range, "%d %d\n", port, port + 1);
	must(pwrite(range_file, range, (size_t)length, 0) == length, "the range");
	int fd = tcp_socket(0);
	int r = dial(fd, way == 'r' ? 1999 : port);
	if (way == 'h') {
		must(r == 0 && is_self(fd), "a dial that was to reach itself");
		close(fd);
		fd = tcp_socket(0);
		r = dial(fd, port);
	}
	must(r < 0 && errno == atoi(arguments[1]), "the end of a dial that reached itself");
	close(fd);
}

/* start VARIABLE=VALUE PROGRAM ARGUMENT...: starts a program and waits for its end. */
static void turn_start(char **arguments)
{
	char **program = arguments + 1;
	pid_t pid;
	int status;

	must(!putenv(arguments[0]), "putenv");
	errno = posix_spawn(&pid, program[0], NULL, NULL, program, environ);
	must(errno == 0, program[0]);
	must(waitpid(pid, &status, 0) == pid && status == 0, program[0]);
}

/* call: a system call that neither the library nor the supervisor handles. */
static void turn_call(char **arguments)
{
	(void)arguments;
	syscall(SYS_getppid);
}

static const struct work {
	const char *name;
	int arguments, repeats;
	void (*turn)(char **);
} works[] = {
	{"connect", 1, 20, turn_connect}, {"refused", 1, 20, turn_refused},
	{"self", 2, 20, turn_self},       {"start", 2, 1, turn_start},
	{"call", 0, 1000, turn_call},
};

int main(int argc, char **argv)
{
	char byte;

	for (size_t i = 0; i < sizeof(works) / sizeof(*works); i++) {
		const struct work *work = &works[i];
		if (argc < 2 + work->arguments || strcmp(argv[1], work->name) != 0)
			continue;
		while (read(STDIN_FILENO, &byte, 1) == 1) {
			const double before = now();
			for (int j = 0; j < work->repeats; j++)
				work->turn(argv + 2);
			const double each = (now() - before) / work->repeats;
			must(write(STDOUT_FILENO, &each, sizeof(each)) == sizeof(each), "write");
		}
		return 0;
	}
	fprintf(stderr, "usage: worker connect|refused|self|start|call ARGUMENT...\n");
	return 2;
}
