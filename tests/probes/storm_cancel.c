/* SPDX-License-Identifier: MIT */
/* Cancels threads in connect(): one that is stuck there, or many at random moments. Exit 0 if every
 * thread was cancelled and nothing leaked, 1 if a dial reached itself, 3 if something is odd. */
#define _GNU_SOURCE
#include "storm.h"

#include <fcntl.h>
#include <stdbool.h>
#include <time.h>

enum { THREADS = 8, DEADLINE = 20 };

static int port;
static struct tally tally;
static pthread_barrier_t all_here;

/* The cleanup handler: a socket is closed even where its dial never returned. */
static void put_away(void *fd)
{
	storm_close(*(int *)fd);
}

/* Dials in such a way that connect() is the one place where the thread can be cancelled. */
static enum outcome dial_cancellably(void)
{
	int state, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	enum outcome outcome;
	int error;

	pthread_cleanup_push(put_away, &fd);
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &state);
	outcome = storm_connect(fd, port);
	error = errno;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	pthread_cleanup_pop(1);
	errno = error;
	return outcome;
}

static void *dial_for_ever(void *unused)
{
	int state;
	(void)unused;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	pthread_barrier_wait(&all_here);
	for (;;)
		storm_count(&tally, dial_cancellably());
	return NULL;
}

/* Waits for a cancelled thread; false if it is not cancelled within the deadline. */
static bool is_cancelled(pthread_t thread)
{
	struct timespec until;
	void *result = NULL;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += DEADLINE;
	return pthread_timedjoin_np(thread, &result, &until) == 0 && result == PTHREAD_CANCELED;
}

/* A round: eight threads dial, each is cancelled after up to 300 microseconds more. */
static int cancel_a_round(void)
{
	pthread_t thread[THREADS];
	int cancelled = 0;

	for (int i = 0; i < THREADS; i++)
		thread[i] = storm_thread(dial_for_ever);
	for (int i = 0; i < THREADS; i++) {
		const struct timespec moment = {.tv_nsec = rand() % 300000};
		nanosleep(&moment, NULL);
		pthread_cancel(thread[i]);
	}
	for (int i = 0; i < THREADS; i++)
		cancelled += is_cancelled(thread[i]);
	return cancelled;
}

static int cancel_at_random(long rounds)
{
	long cancelled = 0;

	cancel_a_round();
	storm_held();
	const struct held before = storm_held();
	tally = (struct tally){0};
	for (long i = 0; i < rounds; i++)
		cancelled += cancel_a_round();
	const struct held after = storm_held();
	printf("%ld of %ld threads cancelled: ", cancelled, rounds * THREADS);
	storm_print(&tally);
	const int grown = storm_print_growth(before, after);
	return storm_status(&tally, grown || cancelled != rounds * THREADS);
}

static _Atomic int stuck_thread; /* its number, once it is about to dial */

static void *dial_once(void *unused)
{
	int state;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	stuck_thread = gettid();
	dial_cancellably();
	return unused;
}

/* Whether the thread sleeps; between its announcement and its dial it has nothing to wait for. */
static bool sleeps(int thread)
{
	char path[64], line[256] = "";
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", thread);
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	const ssize_t n = read(fd, line, sizeof(line) - 1);
	close(fd);
	const char *state = n > 0 ? strrchr(line, ')') : NULL;
	return state && state[2] == 'S';
}

/* A listener whose queue is full answers nobody: a dial of it stays where it is. */
static int cancel_while_stuck(void)
{
	const struct sockaddr_in at = storm_loopback(port);
	const struct timespec tick = {.tv_nsec = 1000000};
	int listener = socket(AF_INET, SOCK_STREAM, 0), ticks = 0;

	storm_must(bind(listener, (const struct sockaddr *)&at, sizeof(at)), "bind");
	storm_must(listen(listener, 0), "listen");
	for (int i = 0; i < 4; i++)
		connect(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0),
			(const struct sockaddr *)&at, sizeof(at));
	const struct held before = storm_held();
	const pthread_t thread = storm_thread(dial_once);
	while (!(stuck_thread && sleeps(stuck_thread)) && ticks++ < DEADLINE * 1000)
		nanosleep(&tick, NULL);
	pthread_cancel(thread);
	const bool cancelled = is_cancelled(thread);
	printf("stuck in connect(): %s, %+ld descriptors\n",
	       cancelled ? "cancelled" : "not cancelled",
	       storm_held().descriptors - before.descriptors);
	return cancelled && storm_held().descriptors == before.descriptors ? 0 : 3;
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: storm_cancel ROUNDS|stuck PORT\n");
		return 2;
	}
	port = atoi(argv[2]);
	pthread_barrier_init(&all_here, NULL, THREADS);
	return strcmp(argv[1], "stuck") == 0 ? cancel_while_stuck()
					     : cancel_at_random(atol(argv[1]));
}
