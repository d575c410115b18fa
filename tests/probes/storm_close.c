/* SPDX-License-Identifier: MIT */
/* Dials from four threads while four others close the descriptors during the dial and open new
 * sockets with the same numbers; counts the dials whose descriptor was not closed. An unrelated
 * connection that is damaged is odd; SIGALRM ends a hang. storm_close DIALS PORT */
#include "storm.h"

#include <sched.h>

enum { PAIRS = 4, DEADLINE = 240 };

/* Each dialling thread has a closing thread and its own number, which the kernel does not assign.
 */
enum { FIRST_NUMBER = 100 };
enum state { IDLE, DIALLING, TAKEN };
static struct slot {
	int number;
	_Atomic int state; /* the thread that changes it from DIALLING closes the descriptor */
} slots[PAIRS];

static struct tally tally;
static _Atomic long closed, left;
static _Atomic int diallers = PAIRS;

static bool turn(struct slot *slot, int from, int to)
{
	return atomic_compare_exchange_strong(&slot->state, &from, to);
}

static void open_socket_at(int number)
{
	/* Reset on close, so that no TIME_WAIT disturbs the next dial. */
	const struct linger reset = {.l_onoff = 1};
	const int fd = new_socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	must(dup2(fd, number), "dup2");
	close(fd);
}

static void *dial_on(void *argument)
{
	struct slot *slot = argument;

	while (left-- > 0) {
		open_socket_at(slot->number);
		slot->state = DIALLING;
		const enum outcome outcome = storm_connect(slot->number);
		const int error = errno;
		if (turn(slot, DIALLING, IDLE)) {
			errno = error;
			storm_count(&tally, outcome);
			close_reset(slot->number);
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
		/* Every second time replace the socket by another one at once. */
		if (replace)
			open_socket_at(slot->number);
		close_reset(slot->number);
		replace = !replace;
		slot->state = IDLE;
	}
	return NULL;
}

/* A connection of the program that is unrelated to the storm. */
static void connect_bystanders(int ends[2])
{
	const struct name at = loopback(4000); /* outside the ephemeral range */
	const int listener = listen_on(&at);

	ends[0] = new_socket(AF_INET, SOCK_STREAM, 0);
	must(connect(ends[0], &at.any, at.length), "connect");
	ends[1] = must(accept(listener, NULL, NULL), "accept");
	close(listener);
}

int main(int argc, char **argv)
{
	pthread_t thread[2 * PAIRS];
	int bystanders[2];
	char c = 0;

	if (argc != 3)
		return 2;
	left = atol(argv[1]);
	port = atoi(argv[2]);
	alarm(DEADLINE);
	connect_bystanders(bystanders);
	const int lowest = storm_lowest_free();
	for (int i = 0; i < PAIRS; i++) {
		slots[i].number = FIRST_NUMBER + i;
		thread[i] = storm_thread(dial_on, &slots[i]);
		thread[PAIRS + i] = storm_thread(close_on, &slots[i]);
	}
	for (int i = 0; i < 2 * PAIRS; i++)
		pthread_join(thread[i], NULL);
	const bool alive = send(bystanders[0], "x", 1, MSG_NOSIGNAL) == 1 &&
			   recv(bystanders[1], &c, 1, 0) == 1 && c == 'x';
	printf("%ld closed in mid-dial, a connection beside %s: ", closed,
	       alive ? "lives" : "died");
	return storm_end(&tally, lowest, !alive || !closed);
}
