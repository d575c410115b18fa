/* SPDX-License-Identifier: MIT */
/* Cancels threads in connect(): many at random times, or one that waits there. A thread that was
 * not cancelled is odd. storm_cancel ROUNDS|stuck PORT */
#include "storm.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <time.h>

enum { THREADS = 8, DEADLINE = 20 };

static struct tally tally;
static pthread_barrier_t all_here;
static _Atomic pid_t dialler; /* the latest thread */

/* The cleanup handler: closes the socket also if its dial never returned. */
static void put_away(void *fd)
{
	close_reset(*(int *)fd);
}

/* Dials so that the thread can be cancelled only in connect(). */
static void dial_cancellably(void)
{
	int state, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	enum outcome outcome;

	pthread_cleanup_push(put_away, &fd);
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &state);
	outcome = storm_connect(fd);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	storm_count(&tally, outcome);
	pthread_cleanup_pop(1);
}

static void *dial_for_ever(void *once)
{
	int state;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	dialler = gettid();
	if (!once)
		pthread_barrier_wait(&all_here);
	for (;;)
		dial_cancellably();
	return NULL;
}

/* Waits for a cancelled thread; false if it does not end before the deadline. */
static bool is_cancelled(pthread_t thread)
{
	struct timespec until;
	void *result = NULL;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += DEADLINE;
	return pthread_timedjoin_np(thread, &result, &until) == 0 && result == PTHREAD_CANCELED;
}

/* One round: eight threads dial; each is cancelled up to 300 microseconds after the one before. */
static int cancel_a_round(void)
{
	pthread_t thread[THREADS];
	int cancelled = 0;

	for (int i = 0; i < THREADS; i++)
		thread[i] = storm_thread(dial_for_ever, NULL);
	for (int i = 0; i < THREADS; i++) {
		const struct timespec moment = {.tv_nsec = rand() % 300000};
		nanosleep(&moment, NULL);
		pthread_cancel(thread[i]);
	}
	for (int i = 0; i < THREADS; i++)
		cancelled += is_cancelled(thread[i]);
	return cancelled;
}

/* Whether the thread waits in connect(): its file names that system call only while it sleeps. */
static bool is_in_connect(void)
{
	char path[64], number[16] = "";
	snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", (int)dialler);
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	const bool is_read = fd >= 0 && read(fd, number, sizeof(number) - 1) > 0;
	close(fd);
	return is_read && strtol(number, NULL, 10) == SYS_connect;
}

/* A listener with a full queue does not answer, so a dial of it waits. */
static bool cancel_while_stuck(void)
{
	const struct name at = loopback(port);
	int listener = bound_to(&at);

	must(listen(listener, 0), "listen");
	for (int i = 0; i < 4; i++)
		(void)!connect(new_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), &at.any,
			       at.length);
	const pthread_t thread = storm_thread(dial_for_ever, &port);
	bool waits = false;
	for (int i = 0; i < DEADLINE * 1000 && !waits; i++) {
		usleep(1000);
		waits = is_in_connect();
	}
	pthread_cancel(thread);
	return is_cancelled(thread) && waits;
}

int main(int argc, char **argv)
{
	long rounds, cancelled = 0;

	if (argc != 3)
		return 2;
	port = atoi(argv[2]);
	if (strcmp(argv[1], "stuck") == 0) {
		const bool done = cancel_while_stuck();
		printf("stuck in connect(): %s\n", done ? "cancelled" : "not cancelled");
		return done ? 0 : 3;
	}
	rounds = atol(argv[1]);
	const int lowest = storm_lowest_free();
	pthread_barrier_init(&all_here, NULL, THREADS);
	for (long i = 0; i < rounds; i++)
		cancelled += cancel_a_round();
	printf("%ld of %ld threads cancelled: ", cancelled, rounds * THREADS);
	return storm_end(&tally, lowest, cancelled != rounds * THREADS);
}
