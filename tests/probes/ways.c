/* SPDX-License-Identifier: MIT */
/* Dials one address in one of the many ways there are, and says on one line what came of it. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* From linux/mptcp.h and linux/in.h. */
enum { PROTOCOL_MPTCP = 262, LOCAL_PORT_RANGE = 51 };

static const char usage[] =
	"usage: ways [-n] [-m] [-f] [-t] [-s|-g|-G] [-b ADDRESS -p PORT] [-l LOW -h HIGH] [-R]\n"
	"            [-c COUNT] ADDRESS PORT\n"
	"-n non-blocking  -m MPTCP  -f TCP_FASTOPEN_CONNECT  -t SO_SNDTIMEO\n"
	"-s sendto, -g sendmsg, -G sendmmsg with MSG_FASTOPEN  -b, -p bind first\n"
	"-l, -h IP_LOCAL_PORT_RANGE first  -R say its value afterwards  -c so many sockets\n";

struct plan {
	bool nonblocking, mptcp, fastopen_connect, timeout, show_range;
	char door; /* c, s, g, G */
	const char *bind_address;
	int bind_port, low, high;
};

static void must(int r, const char *what)
{
	if (r < 0) {
		perror(what);
		exit(3);
	}
}

static socklen_t name_of(const char *address, int port, struct sockaddr_storage *name)
{
	struct sockaddr_in *in = (struct sockaddr_in *)name;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)name;
	char plain[64];

	memset(name, 0, sizeof(*name));
	if (inet_pton(AF_INET, address, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons((uint16_t)port);
		return sizeof(*in);
	}
	snprintf(plain, sizeof(plain), "%s", address);
	char *zone = strchr(plain, '%');
	if (zone) {
		*zone = '\0';
		in6->sin6_scope_id = if_nametoindex(zone + 1);
	}
	if (inet_pton(AF_INET6, plain, &in6->sin6_addr) != 1) {
		fputs(usage, stderr);
		exit(2);
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons((uint16_t)port);
	return sizeof(*in6);
}

static long go(const struct plan *p, int fd, const struct sockaddr *to, socklen_t length)
{
	char data[] = "ping";
	struct iovec part = {data, 4};
	struct mmsghdr message = {.msg_hdr = {.msg_name = (void *)to,
					      .msg_namelen = length,
					      .msg_iov = &part,
					      .msg_iovlen = 1}};
	switch (p->door) {
	case 's':
		return sendto(fd, data, 4, MSG_FASTOPEN, to, length);
	case 'g':
		return sendmsg(fd, &message.msg_hdr, MSG_FASTOPEN);
	case 'G':
		return sendmmsg(fd, &message, 1, MSG_FASTOPEN);
	default:
		return connect(fd, to, length);
	}
}

/* What the dial comes to in the end: 0 or an errno. */
static int settle(int fd)
{
	struct pollfd one = {.fd = fd, .events = POLLOUT};
	int error = 0;
	socklen_t length = sizeof(error);

	if (poll(&one, 1, 2000) == 0)
		return ETIMEDOUT;
	must(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length), "SO_ERROR");
	return error;
}

static bool same_ends(int fd)
{
	struct sockaddr_storage a = {0}, b = {0};
	socklen_t alen = sizeof(a), blen = sizeof(b);

	return getsockname(fd, (struct sockaddr *)&a, &alen) == 0 &&
	       getpeername(fd, (struct sockaddr *)&b, &blen) == 0 && alen == blen &&
	       memcmp(&a, &b, alen) == 0;
}

static int prepare(const struct plan *p, int family)
{
	const int on = 1;
	const uint32_t range = (uint32_t)p->low | (uint32_t)p->high << 16;
	const struct timeval seconds = {.tv_sec = 2};
	struct sockaddr_storage from;
	int fd = socket(family, SOCK_STREAM | (p->nonblocking ? SOCK_NONBLOCK : 0),
			p->mptcp ? PROTOCOL_MPTCP : 0);

	must(fd, "socket");
	if (p->fastopen_connect)
		must(setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof(on)),
		     "TCP_FASTOPEN_CONNECT");
	if (p->timeout)
		must(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &seconds, sizeof(seconds)),
		     "SO_SNDTIMEO");
	if (range)
		must(setsockopt(fd, IPPROTO_IP, LOCAL_PORT_RANGE, &range, sizeof(range)),
		     "IP_LOCAL_PORT_RANGE");
	if (p->bind_address) {
		socklen_t n = name_of(p->bind_address, p->bind_port, &from);
		must(bind(fd, (struct sockaddr *)&from, n), "bind");
	}
	return fd;
}

static int dial(const struct plan *p, const char *address, int port)
{
	struct sockaddr_storage to;
	socklen_t length = name_of(address, port, &to);
	int fd = prepare(p, to.ss_family);

	errno = ENOTUNIQ; /* nothing that a dial gives: a success must leave it */
	long r = go(p, fd, (struct sockaddr *)&to, length);
	int after = errno, error = r < 0 ? after : 0;
	printf("returned=%s", r < 0 ? strerrorname_np(error) : "OK");
	if (r >= 0 && after != ENOTUNIQ)
		printf(" errno_changed=%d", after);
	if (error == EINPROGRESS)
		error = settle(fd);
	bool self = error == 0 && same_ends(fd);
	printf(" result=%s", error ? strerrorname_np(error) : "OK");
	char echo[8] = "";
	if (self && p->door != 'c' && recv(fd, echo, sizeof(echo), MSG_DONTWAIT) > 0)
		printf(" echo=yes");
	if (!!(fcntl(fd, F_GETFL) & O_NONBLOCK) != p->nonblocking)
		printf(" O_NONBLOCK_changed");
	int left = settle(fd);
	if (left)
		printf(" so_error=%s", strerrorname_np(left));
	if (p->show_range) {
		uint32_t range;
		socklen_t n = sizeof(range);
		must(getsockopt(fd, IPPROTO_IP, LOCAL_PORT_RANGE, &range, &n), "range");
		printf(" range=%u-%u", range & 0xffff, range >> 16);
	}
	struct sockaddr_in6 at = {0}; /* the port lies where sin_port does */
	socklen_t n = sizeof(at);
	must(getsockname(fd, (struct sockaddr *)&at, &n), "getsockname");
	printf(" port=%d self=%s\n", ntohs(at.sin6_port), self ? "yes" : "no");
	/* Reset rather than closed: a TIME_WAIT would be in the way of the next dial. */
	connect(fd, &(struct sockaddr){.sa_family = AF_UNSPEC}, sizeof(struct sockaddr));
	close(fd);
	return self;
}

int main(int argc, char **argv)
{
	struct plan p = {.door = 'c'};
	int count = 1, selves = 0, option;

	while ((option = getopt(argc, argv, "+nmftsgGb:p:l:h:Rc:")) != -1) {
		switch (option) {
		case 'n':
			p.nonblocking = true;
			break;
		case 'm':
			p.mptcp = true;
			break;
		case 'f':
			p.fastopen_connect = true;
			break;
		case 't':
			p.timeout = true;
			break;
		case 's':
		case 'g':
		case 'G':
			p.door = (char)option;
			break;
		case 'b':
			p.bind_address = optarg;
			break;
		case 'p':
			p.bind_port = atoi(optarg);
			break;
		case 'l':
			p.low = atoi(optarg);
			break;
		case 'h':
			p.high = atoi(optarg);
			break;
		case 'R':
			p.show_range = true;
			break;
		case 'c':
			count = atoi(optarg);
			break;
		default:
			fputs(usage, stderr);
			return 2;
		}
	}
	if (argc - optind != 2) {
		fputs(usage, stderr);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 0; i < count; i++)
		selves += dial(&p, argv[optind], atoi(argv[optind + 1]));
	return selves ? 1 : 0;
}
