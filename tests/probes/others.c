/* SPDX-License-Identifier: MIT */
/* Sockets that are connected to themselves or each other on purpose, and dials that wait: prints
 * the result of each. Needs nft, and 50000 outside the ephemeral range. */
#include "net.h"

#include <signal.h>
#include <sys/time.h>

static int bound(int type, const char *address, int port)
{
	const struct name at = name_of(address, port);
	int fd = new_socket(AF_INET, type, 0);
	must(bind(fd, &at.any, at.length), "bind");
	return fd;
}

static const char *dial(int fd, const char *address, int port)
{
	const struct name to = name_of(address, port);
	return error_name(connect(fd, &to.any, to.length) ? errno : 0);
}

static void pass_a_byte(int from, int to)
{
	printf(" sent=%zd", send(from, "x", 1, MSG_NOSIGNAL));
	poll(&(struct pollfd){.fd = to, .events = POLLIN}, 1, 5000);
	printf(" got=%zd\n", recv(to, (char[8]){0}, 8, MSG_DONTWAIT));
}

/* A datagram socket connected to itself: programs use it as a pipe. */
static void datagrams(void)
{
	int fd = bound(SOCK_DGRAM, "127.0.0.1", 50000);
	printf("udp: %s", dial(fd, "127.0.0.1", 50000));
	pass_a_byte(fd, fd);
}

/* Two sockets that dial each other: legal, and not a self-connection. */
static void simultaneous_open(void)
{
	int one = bound(SOCK_STREAM | SOCK_NONBLOCK, "127.0.0.1", 50000);
	int two = bound(SOCK_STREAM | SOCK_NONBLOCK, "127.0.0.2", 50000);
	/* The first SYN must not arrive before the second dial, so a rule drops it. */
	must(-system("nft 'add table ip hold; "
		     "add chain ip hold out { type filter hook output priority 0; }; "
		     "add rule ip hold out ip daddr 127.0.0.2 tcp flags == syn drop'"),
	     "nft");
	printf("simultaneous: %s", dial(one, "127.0.0.2", 50000));
	printf(" %s", dial(two, "127.0.0.1", 50000));
	must(-system("nft delete table ip hold"), "nft");
	printf(" %s", error_name(settled(one)));
	printf(" %s", error_name(settled(two)));
	pass_a_byte(one, two);
}

static void nothing(int signal)
{
	(void)signal;
}

/* A dial of a listener with a full queue waits, until a signal or SO_SNDTIMEO ends it. */
static void waiting(void)
{
	int listener = bound(SOCK_STREAM, "127.0.0.1", 700);
	const struct timeval soon = {.tv_usec = 100000};
	const struct itimerval alarm_soon = {.it_value = soon};
	const struct sigaction action = {.sa_handler = nothing};

	listen(listener, 0);
	for (int i = 0; i < 3; i++)
		dial(new_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "127.0.0.1", 700);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &alarm_soon, NULL);
	printf("interrupted: %s\n", dial(new_socket(AF_INET, SOCK_STREAM, 0), "127.0.0.1", 700));
	int timed = new_socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(timed, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof(soon));
	printf("timed out: %s\n", dial(timed, "127.0.0.1", 700));
	int waits = new_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	printf("not waiting: %s", dial(waits, "127.0.0.1", 700));
	printf(" %s\n", dial(waits, "127.0.0.1", 700));
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	datagrams();
	simultaneous_open();
	waiting();
	return 0;
}
