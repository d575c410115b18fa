/* SPDX-License-Identifier: MIT */
/* Dials from four threads while four others close the descriptors in mid-dial and open new sockets
 * under the same numbers. Exit 0 if no dial whose descriptor was left alone reached itself, 1 if
 * one did, 3 if something leaked, hung, or a connection that nobody touched came to harm. */
#define _GNU_SOURCE
#include "storm.h"

#include <sched.h>
#include <stdbool.h>

enum { PAIRS = 4, DEADLINE = 240 };

static int port;
/* Each dialler has a number of its own, far from those that the kernel hands out, and a closer. */
enum { FIRST_NUMBER = 100 };
enum state { IDLE, DIALLING, TAKEN };
static struct slot {
	int number;
	_Atomic int state; /* whoever turns DIALLING into something else is to close the number */
} slots[PAIRS];

static struct tally kept_tally; /* dials whose descriptor was left alone */
static _Atomic long closed;     /* dials whose descriptor was not */
static _Atomic long left;
static _Atomic int diallers = PAIRS;

static bool turn(struct slot *slot, int from, int to)
{
	return atomic_compare_exchange_strong(&slot->state, &from, to);
}

static void open_socket_at(int number)
{
	/* However it is closed, it leaves no TIME_WAIT that would keep the next dial away. */
	const struct linger reset = {.l_onoff = 1};
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	storm_must(dup2(fd, number), "dup2");
	close(fd);
}

static void *dial_on(void *argument)
{
	struct slot *slot = argument;

	while (left-- > 0) {
		open_socket_at(slot->number);
		slot->state = DIALLING;
		const enum outcome outcome = storm_connect(slot->number, port);
		const int error = errno;
		if (turn(slot, DIALLING, IDLE)) {
			errno = error;
			storm_count(&kept_tally, outcome);
			storm_close(slot->number);
			continue;
		}
		closed++;
		while (slot->state != IDLE)
			sched_yield();
	}
	diallers--;
	return NULL;
}

static void *close_on(void *argument)
{
	struct slot *slot = argument;
	bool replace = false;

	while (diallers > 0) {
		if (!turn(slot, DIALLING, TAKEN))
			continue;
		/* Every other time another socket is there in the same moment. */
		if (replace)
			open_socket_at(slot->number);
		storm_close(slot->number);
		replace = !replace;
		slot->state = IDLE;
	}
	return NULL;
}

static pthread_t start(void *(*run)(void *), void *slot)
{
	pthread_t thread;
	storm_must(-pthread_create(&thread, NULL, run, slot), "pthread_create");
	return thread;
}

/* A connection of the program's that has nothing to do with the storm. */
static void connect_bystanders(int ends[2])
{
	struct sockaddr_in at = storm_loopback(0);
	socklen_t length = sizeof(at);
	const int listener = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_port = htons(4000); /* out of the range that the dials leave from */
	storm_must(bind(listener, (struct sockaddr *)&at, length), "bind");
	storm_must(listen(listener, 1), "listen");
	ends[0] = socket(AF_INET, SOCK_STREAM, 0);
	storm_must(connect(ends[0], (struct sockaddr *)&at, length), "connect");
	ends[1] = accept(listener, NULL, NULL);
	storm_must(ends[1], "accept");
	close(listener);
}

static bool still_connected(const int ends[2])
{
	char c = 0;
	return send(ends[0], "x", 1, MSG_NOSIGNAL) == 1 && recv(ends[1], &c, 1, 0) == 1 && c == 'x';
}

int main(int argc, char **argv)
{
	pthread_t thread[2 * PAIRS];
	int bystanders[2];

	if (argc != 3) {
		fprintf(stderr, "usage: storm_close DIALS PORT\n");
		return 2;
	}
	left = atol(argv[1]);
	port = atoi(argv[2]);
	alarm(DEADLINE);
	connect_bystanders(bystanders);
	const struct held before = storm_held();
	for (int i = 0; i < PAIRS; i++) {
		slots[i].number = FIRST_NUMBER + i;
		thread[i] = start(dial_on, &slots[i]);
		thread[PAIRS + i] = start(close_on, &slots[i]);
	}
	for (int i = 0; i < 2 * PAIRS; i++)
		pthread_join(thread[i], NULL);
	struct held after = storm_held();
	after.bytes = before.bytes; /* the threads' own */

	storm_print(&kept_tally);
	printf("; %ld closed in mid-dial", closed);
	const int grown = storm_print_growth(before, after);
	const bool alive = still_connected(bystanders);
	if (!alive)
		printf("a connection beside the storm came to harm\n");
	return storm_status(&kept_tally, grown || !alive || !closed);
}
