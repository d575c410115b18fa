/* SPDX-License-Identifier: MIT */
/* Sends "ping" to an address by one of the ways of TCP fast open, and says what came of it and what
 * came back. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BYTES = 4, WAIT_MS = 3000, LISTENER_DIALS = 3 };

static const char usage[] =
	"usage: fastopen_dial [-n] [-c PORT | -l] WAY ADDRESS PORT\n"
	"WAY: sendto, sendmsg, sendmmsg (MSG_FASTOPEN) or connect (TCP_FASTOPEN_CONNECT)\n"
	"-n non-blocking  -c a listener on this port hands out a cookie first and goes away\n"
	"-l a listener on the port itself reads what arrives from three dials\n";

static union {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6; /* its port lies where sin_port does */
} to;
static socklen_t to_length;

static void must(int r, const char *what)
{
	if (r < 0) {
		perror(what);
		exit(3);
	}
}

static long dial(int fd, const char *way)
{
	char data[] = "ping";
	struct iovec part = {data, BYTES};
	struct mmsghdr message = {.msg_hdr = {.msg_name = &to,
					      .msg_namelen = to_length,
					      .msg_iov = &part,
					      .msg_iovlen = 1}};
	if (strcmp(way, "sendto") == 0)
		return sendto(fd, data, BYTES, MSG_FASTOPEN, &to.any, to_length);
	if (strcmp(way, "sendmsg") == 0)
		return sendmsg(fd, &message.msg_hdr, MSG_FASTOPEN);
	if (strcmp(way, "sendmmsg") == 0)
		return sendmmsg(fd, &message, 1, MSG_FASTOPEN) == 1 ? (long)message.msg_len : -1;
	return connect(fd, &to.any, to_length);
}

static void reset(int fd)
{
	const struct linger now = {.l_onoff = 1};
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}

static int listen_on(int port)
{
	const int queue = 16, on = 1;
	int fd = socket(to.any.sa_family, SOCK_STREAM, 0);
	const in_port_t before = to.in.sin_port;

	must(setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN, &queue, sizeof(queue)), "TCP_FASTOPEN");
	must(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)), "SO_REUSEADDR");
	to.in.sin_port = htons((uint16_t)port);
	must(bind(fd, &to.any, to_length), "bind");
	must(listen(fd, queue), "listen");
	to.in.sin_port = before;
	return fd;
}

/* A dial that is answered once; nothing of it stays but the cookie. */
static void fetch_cookie(int port)
{
	const in_port_t before = to.in.sin_port;
	int listener = listen_on(port), fd = socket(to.any.sa_family, SOCK_STREAM, 0);

	to.in.sin_port = htons((uint16_t)port);
	must((int)dial(fd, "sendto"), "the dial for a cookie");
	to.in.sin_port = before;
	int answered = accept(listener, NULL, NULL);
	must(answered, "accept");
	reset(fd);
	reset(answered);
	close(listener);
}

static bool ready(int fd, short events)
{
	struct pollfd one = {.fd = fd, .events = events};
	return poll(&one, 1, WAIT_MS) == 1;
}

/* Waits for a dial under way, sends what was not sent yet, and says how the sending ended. */
static int finish(int fd, long sent, const char *way)
{
	int error = 0;
	socklen_t length = sizeof(error);

	if (sent == BYTES && strcmp(way, "connect") != 0)
		return 0;
	/* A fast open put off has nothing under way before there are data. */
	if (sent < 0 && ready(fd, POLLOUT))
		getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
	if (error)
		return error;
	while (send(fd, "ping", BYTES, MSG_NOSIGNAL) < 0) {
		if (errno != EINPROGRESS && errno != EAGAIN && errno != EALREADY)
			return errno;
		if (!ready(fd, POLLOUT))
			return ETIMEDOUT;
		getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
		if (error)
			return error;
	}
	return 0;
}

static int go(const char *way, int flags, bool serving)
{
	char back[BYTES + 1] = "";
	const int on = 1;
	int fd = socket(to.any.sa_family, SOCK_STREAM | flags, 0);

	if (strcmp(way, "connect") == 0)
		must(setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof(on)),
		     "TCP_FASTOPEN_CONNECT");
	long r = dial(fd, way);
	printf("dial=%s ", r >= 0 ? "OK" : strerrorname_np(errno));
	int error = r >= 0 || errno == EINPROGRESS ? finish(fd, r, way) : errno;
	if (error) {
		printf("sent=%s\n", strerrorname_np(error));
		return 0;
	}
	shutdown(fd, SHUT_WR);
	if (serving) {
		/* Until the other side has read it all. */
		ready(fd, POLLIN);
		puts("sent=OK");
		close(fd);
		return 0;
	}
	const bool came = ready(fd, POLLIN);
	const long got = came ? recv(fd, back, BYTES, 0) : 0;
	printf("sent=%s", came && got < 0 ? strerrorname_np(errno) : "OK");
	printf(" back=%s\n", got > 0 ? back : "nothing");
	return got > 0;
}

/* Reads each connection to its end; exit 0 where each brought "ping" and no more. */
static int serve(int listener)
{
	int right = 0;
	for (int i = 0; i < LISTENER_DIALS; i++) {
		char all[64];
		size_t got = 0;
		ssize_t n;
		int fd = accept(listener, NULL, NULL);
		while ((n = read(fd, all + got, sizeof(all) - got)) > 0)
			got += (size_t)n;
		right += got == BYTES && memcmp(all, "ping", BYTES) == 0;
		close(fd);
	}
	/* None came that nobody made. */
	struct pollfd one = {.fd = listener, .events = POLLIN};
	return right == LISTENER_DIALS && poll(&one, 1, 0) == 0 ? 0 : 1;
}

static int go_served(const char *way, int flags, int port)
{
	int status, listener = listen_on(port);
	pid_t server = fork();

	if (server == 0)
		_exit(serve(listener));
	for (int i = 0; i < LISTENER_DIALS; i++)
		go(way, flags, true);
	must(waitpid(server, &status, 0), "waitpid");
	puts(status == 0 ? "each arrived once" : "not each arrived once");
	return status != 0;
}

int main(int argc, char **argv)
{
	int flags = 0, cookie_port = 0, option;
	bool serving = false;

	setvbuf(stdout, NULL, _IONBF, 0);
	while ((option = getopt(argc, argv, "nc:l")) != -1) {
		if (option == 'n')
			flags = SOCK_NONBLOCK;
		else if (option == 'c')
			cookie_port = atoi(optarg);
		else if (option == 'l')
			serving = true;
		else
			optind = argc;
	}
	if (argc - optind != 3) {
		fputs(usage, stderr);
		return 2;
	}
	const char *way = argv[optind], *address = argv[optind + 1];
	const int port = atoi(argv[optind + 2]);
	if (inet_pton(AF_INET, address, &to.in.sin_addr) == 1) {
		to.in.sin_family = AF_INET;
		to_length = sizeof(to.in);
	} else if (inet_pton(AF_INET6, address, &to.in6.sin6_addr) == 1) {
		to.in6.sin6_family = AF_INET6;
		to_length = sizeof(to.in6);
	}
	to.in.sin_port = htons((uint16_t)port);
	if (cookie_port)
		fetch_cookie(cookie_port);
	return serving ? go_served(way, flags, port) : go(way, flags, false);
}
