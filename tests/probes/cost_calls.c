/* SPDX-License-Identifier: MIT */
/* Does one thing COUNT times, so that what it costs can be told from two runs with two counts. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char data[] = "x";
static int listener, udp;
static struct sockaddr_in live, dead;       /* a port that listens, one that does not */
static struct sockaddr_un there, free_name; /* a UNIX socket that is there, a name that is not */

static void must(long r, const char *what)
{
	if (r < 0) {
		perror(what);
		exit(3);
	}
}

static struct sockaddr_in loopback(int port)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
				    .sin_port = htons((uint16_t)port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int made(int family, int type)
{
	int fd = socket(family, type, 0);
	must(fd, "socket");
	return fd;
}

/* A socket of that kind on 127.0.0.1; its name in `name`. */
static int bound(int type, struct sockaddr_in *name)
{
	socklen_t length = sizeof(*name);
	int fd = made(AF_INET, type);

	*name = loopback(0);
	must(bind(fd, (struct sockaddr *)name, sizeof(*name)), "bind");
	must(getsockname(fd, (struct sockaddr *)name, &length), "getsockname");
	return fd;
}

static struct sockaddr_un abstract(const char *name)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	snprintf(at.sun_path + 1, sizeof(at.sun_path) - 1, "cost_calls.%d.%s", (int)getpid(), name);
	return at;
}

static void prepare(void)
{
	listener = bound(SOCK_STREAM, &live);
	must(listen(listener, 16), "listen");
	udp = bound(SOCK_DGRAM, &dead); /* a number that TCP does not use */
	there = abstract("there");
	free_name = abstract("free");
	must(bind(made(AF_UNIX, SOCK_DGRAM), (struct sockaddr *)&there, sizeof(there)), "bind");
}

static void dial(int type)
{
	int fd = made(AF_INET, SOCK_STREAM | type);
	struct pollfd one = {.fd = fd, .events = POLLOUT};

	if (connect(fd, (struct sockaddr *)&live, sizeof(live)) && errno != EINPROGRESS)
		must(-1, "connect");
	must(poll(&one, 1, -1), "poll");
	int other = accept(listener, NULL, NULL);
	must(other, "accept");
	close(other);
	close(fd);
}

static void tcp_connect(void)
{
	dial(0);
}

static void tcp_connect_nonblocking(void)
{
	dial(SOCK_NONBLOCK);
}

static void tcp_refused(void)
{
	int fd = made(AF_INET, SOCK_STREAM);
	if (connect(fd, (struct sockaddr *)&dead, sizeof(dead)) == 0 || errno != ECONNREFUSED)
		must(-1, "a dial that should have been refused");
	close(fd);
}

static void udp_connect(void)
{
	int fd = made(AF_INET, SOCK_DGRAM);
	must(connect(fd, (struct sockaddr *)&dead, sizeof(dead)), "connect");
	close(fd);
}

static void unix_connect(void)
{
	int fd = made(AF_UNIX, SOCK_DGRAM);
	must(connect(fd, (struct sockaddr *)&there, sizeof(there)), "connect");
	close(fd);
}

/* Sends through one of the three calls, with these flags, to that address. */
static void send_by(char call, int fd, int flags, struct sockaddr_in *to)
{
	struct iovec part = {data, 1};
	struct mmsghdr message = {.msg_hdr = {.msg_name = to,
					      .msg_namelen = sizeof(*to),
					      .msg_iov = &part,
					      .msg_iovlen = 1}};
	long r;

	if (call == 's')
		r = sendto(fd, data, 1, flags, (struct sockaddr *)to, sizeof(*to));
	else if (call == 'm')
		r = sendmsg(fd, &message.msg_hdr, flags);
	else
		r = sendmmsg(fd, &message, 1, flags);
	must(r, "send");
}

static void fast_open(char call)
{
	int fd = made(AF_INET, SOCK_STREAM);
	send_by(call, fd, MSG_FASTOPEN, &live);
	close(accept(listener, NULL, NULL));
	close(fd);
}

static void fast_open_sendto(void)
{
	fast_open('s');
}

static void fast_open_sendmsg(void)
{
	fast_open('m');
}

static void fast_open_sendmmsg(void)
{
	fast_open('M');
}

/* Nobody reads what is sent here: it is dropped when the buffer is full. */
static void plain_sendto(void)
{
	send_by('s', udp, 0, &dead);
}

static void plain_sendmsg(void)
{
	send_by('m', udp, 0, &dead);
}

static void plain_sendmmsg(void)
{
	send_by('M', udp, 0, &dead);
}

static void bind_to(int family, int type, const void *address, socklen_t length)
{
	int fd = made(family, type);
	must(bind(fd, address, length), "bind");
	close(fd);
}

static void bind_named(void)
{
	bind_to(AF_INET, SOCK_STREAM, &dead, sizeof(dead));
}

static void bind_ip(void)
{
	const struct sockaddr_in any_port = loopback(0);
	bind_to(AF_INET, SOCK_STREAM, &any_port, sizeof(any_port));
}

static void bind_wildcard(void)
{
	const struct sockaddr_in any = {.sin_family = AF_INET};
	bind_to(AF_INET, SOCK_STREAM, &any, sizeof(any));
}

static void bind_wildcard6(void)
{
	const struct sockaddr_in6 any = {.sin6_family = AF_INET6};
	bind_to(AF_INET6, SOCK_STREAM, &any, sizeof(any));
}

static void bind_udp(void)
{
	const struct sockaddr_in any_port = loopback(0);
	bind_to(AF_INET, SOCK_DGRAM, &any_port, sizeof(any_port));
}

static void bind_unix(void)
{
	bind_to(AF_UNIX, SOCK_DGRAM, &free_name, sizeof(free_name));
}

static void name_into(struct sockaddr_in *name, socklen_t *length)
{
	*length = sizeof(*name);
	must(getsockname(listener, (struct sockaddr *)name, length), "getsockname");
}

static void name_on_stack(void)
{
	struct sockaddr_in name;
	socklen_t length;
	name_into(&name, &length);
}

static void name_in_static(void)
{
	static struct sockaddr_in name;
	static socklen_t length;
	name_into(&name, &length);
}

static const struct {
	const char *name;
	void (*once)(void);
} operations[] = {
	{"tcp-connect", tcp_connect},
	{"tcp-connect-nonblocking", tcp_connect_nonblocking},
	{"tcp-refused", tcp_refused},
	{"udp-connect", udp_connect},
	{"unix-connect", unix_connect},
	{"fast-open-sendto", fast_open_sendto},
	{"fast-open-sendmsg", fast_open_sendmsg},
	{"fast-open-sendmmsg", fast_open_sendmmsg},
	{"sendto", plain_sendto},
	{"sendmsg", plain_sendmsg},
	{"sendmmsg", plain_sendmmsg},
	{"bind-named", bind_named},
	{"bind-ip", bind_ip},
	{"bind-wildcard", bind_wildcard},
	{"bind-wildcard6", bind_wildcard6},
	{"bind-udp", bind_udp},
	{"bind-unix", bind_unix},
	{"getsockname", name_on_stack},
	{"getsockname-static", name_in_static},
};

enum { OPERATIONS = sizeof(operations) / sizeof(*operations) };

static int chosen = -1, count;

static void *repeat(void *unused)
{
	(void)unused;
	for (int i = 0; i < count; i++)
		operations[chosen].once();
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread;

	for (int i = 0; argc >= 3 && i < OPERATIONS; i++)
		if (strcmp(argv[1], operations[i].name) == 0)
			chosen = i;
	if (chosen < 0) {
		fprintf(stderr, "usage: cost_calls OPERATION COUNT [thread]\n"
				"\"thread\": in a second thread; OPERATION is one of:\n");
		for (int i = 0; i < OPERATIONS; i++)
			fprintf(stderr, "  %s\n", operations[i].name);
		return 2;
	}
	count = atoi(argv[2]);
	prepare();
	if (argc == 3)
		return repeat(NULL) != NULL;
	if (pthread_create(&thread, NULL, repeat, NULL) || pthread_join(thread, NULL))
		return 3;
	return 0;
}
