/* SPDX-License-Identifier: MIT */
/* A worker that dials a dead port of its own machine: elsewhere, or where it meets itself. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "turn.h"

/*
 * The range of ephemeral ports is two ports, another two for each dial: the kernel takes the first,
 * which is the one that is dialled, and next time the second. Runs in a network namespace of its
 * own. Ways:
 *   refused  dials a port outside of the range: what a refused dial costs
 *   hand     what Go does: looks at both names, closes, makes a new socket and dials again
 *   met      one dial that meets itself; the shim is to see to it
 */
enum { FIRST = 2000, LAST = 60000, DEAD = 1999, MOST = 1000 };

static int range_file, port;
static int expected; /* the errno that a dial is to end in */

static void next_range(void)
{
	char line[32];

	port = port + 2 > LAST ? FIRST : port + 2;
	int length = snprintf(line, sizeof(line), "%d %d\n", port, port + 1);
	must(pwrite(range_file, line, (size_t)length, 0) == length ? 0 : -1, "the range");
}

static int made(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	must(fd, "socket");
	return fd;
}

static int shown_port(int fd)
{
	struct sockaddr_in local = {0};
	socklen_t length = sizeof(local);
	must(getsockname(fd, (struct sockaddr *)&local, &length), "getsockname");
	return ntohs(local.sin_port);
}

static bool is_self(int fd)
{
	struct sockaddr_in local, peer;
	socklen_t length = sizeof(local), peer_length = sizeof(peer);

	return getsockname(fd, (struct sockaddr *)&local, &length) == 0 &&
	       getpeername(fd, (struct sockaddr *)&peer, &peer_length) == 0 &&
	       local.sin_port == peer.sin_port && local.sin_addr.s_addr == peer.sin_addr.s_addr;
}

static int dial(int fd, int to)
{
	const struct sockaddr_in at = loopback(to);
	return connect(fd, (const struct sockaddr *)&at, sizeof(at));
}

/* As Go's dialler does, which asks for both names of every connection. */
static int dial_by_hand(int *fd)
{
	must(dial(*fd, port), "the dial that was to meet itself");
	if (!is_self(*fd)) {
		fprintf(stderr, "rare: the dial of %d did not meet itself\n", port);
		exit(3);
	}
	close(*fd);
	*fd = made();
	return dial(*fd, port);
}

/* The nanoseconds from the dial to its outcome. */
static double once(const char *way)
{
	next_range();
	int fd = made();
	const double before = nanoseconds(CLOCK_MONOTONIC);
	int r = way[0] == 'h' ? dial_by_hand(&fd) : dial(fd, way[0] == 'r' ? DEAD : port);
	const double took = nanoseconds(CLOCK_MONOTONIC) - before;
	if (r == 0 || errno != expected) {
		fprintf(stderr, "rare %s: the dial of %d ended in: %s\n", way, port,
			r ? strerror(errno) : "a connection");
		exit(3);
	}
	/* Refused from the second port, it has met itself on the first. */
	if (way[0] != 'r' && expected == ECONNREFUSED && shown_port(fd) != port + 1) {
		fprintf(stderr, "rare %s: %d was not dialled from %d\n", way, port, port + 1);
		exit(3);
	}
	close(fd);
	return took;
}

int main(int argc, char **argv)
{
	static double took[MOST];

	if (argc != 5 || !strchr("rhm", argv[1][0]) || atoi(argv[2]) > MOST) {
		fprintf(stderr,
			"usage: rare refused|hand|met TIMES FIRST ERRNO, at most %d times\n", MOST);
		return 2;
	}
	const int times = atoi(argv[2]);
	port = atoi(argv[3]);
	expected = atoi(argv[4]);
	range_file = open("/proc/sys/net/ipv4/ip_local_port_range", O_WRONLY | O_CLOEXEC);
	must(range_file, "ip_local_port_range");
	while (turn_wait()) {
		for (int i = 0; i < times; i++)
			took[i] = once(argv[1]);
		/* Too short for more than one clock. */
		const double middle = median(took, times);
		turn_done((struct took){middle, middle});
	}
	return 0;
}
