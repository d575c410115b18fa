/* SPDX-License-Identifier: MIT */
/* Dials a dead port of 127.0.0.1 from several threads, and at a timer's signal from its handler
 * too: counts how the dials ended, and what they left of descriptors and heap. Exit 0 if none
 * reached itself, 1 if some did, 3 if something leaked, or a dial or the errno of a thread is odd.
 */
#define _GNU_SOURCE
#include "storm.h"

#include <signal.h>
#include <stdbool.h>
#include <time.h>

enum { WARM_UP = 200, MOST_THREADS = 64 };

static int port;
static _Atomic long left;          /* dials that the threads have yet to make */
static pthread_barrier_t all_here; /* as many stacks in every storm as in the one before */
static struct tally threads_tally, handler_tally;
static _Atomic bool errno_changed;

static void on_timer(int signal)
{
	(void)signal;
	const int before = errno;
	storm_count(&handler_tally, storm_dial(port));
	errno = before;
}

static void set_mask(int how)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	pthread_sigmask(how, &set, NULL);
}

static void *dial_on(void *unused)
{
	(void)unused;
	set_mask(SIG_UNBLOCK);
	pthread_barrier_wait(&all_here);
	while (left-- > 0)
		storm_count(&threads_tally, storm_dial(port));
	/* The handler puts errno back; so must every call in it. */
	errno = ENOTUNIQ;
	for (volatile int spin = 0; spin < 100000; spin++)
		if (errno != ENOTUNIQ)
			errno_changed = true;
	return NULL;
}

static void storm(int threads, long count)
{
	pthread_t thread[MOST_THREADS];

	left = count;
	for (int i = 0; i < threads; i++)
		thread[i] = storm_thread(dial_on);
	for (int i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
}

/* The signal goes to any thread that dials: main, which only waits, blocks it. */
static void start_timer(long hertz)
{
	struct sigaction action = {.sa_handler = on_timer, .sa_flags = SA_RESTART};
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
	const struct timespec period = {.tv_nsec = 1000000000L / hertz};
	const struct itimerspec every = {period, period};
	timer_t timer;

	sigaction(SIGRTMIN, &action, NULL);
	storm_must(timer_create(CLOCK_MONOTONIC, &event, &timer), "timer_create");
	storm_must(timer_settime(timer, 0, &every, NULL), "timer_settime");
}

int main(int argc, char **argv)
{
	int threads = 1, option;
	long hertz = 0, count = 1000;

	while ((option = getopt(argc, argv, "t:s:n:")) != -1) {
		if (option == 't')
			threads = atoi(optarg);
		else if (option == 's')
			hertz = atol(optarg);
		else if (option == 'n')
			count = atol(optarg);
		else
			optind = argc + 1;
	}
	if (optind != argc - 1 || threads < 1 || threads > MOST_THREADS) {
		fprintf(stderr, "usage: storm_dials [-t THREADS] [-s HERTZ] [-n DIALS] PORT\n");
		return 2;
	}
	port = atoi(argv[optind]);

	set_mask(SIG_BLOCK);
	pthread_barrier_init(&all_here, NULL, (unsigned)threads);
	/* What libc keeps for later (stacks, arenas, buffers) is there before the first look. */
	storm(threads, WARM_UP);
	printf("%d threads", threads);
	threads_tally = (struct tally){0};
	storm_held();
	const struct held before = storm_held();
	if (hertz)
		start_timer(hertz);
	storm(threads, count);
	const struct held after = storm_held();

	printf(": ");
	storm_print(&threads_tally);
	if (hertz) {
		printf("; handler: ");
		storm_print(&handler_tally);
	}
	const int grown = storm_print_growth(before, after);
	if (errno_changed)
		printf("a signal handler's dial changed errno\n");
	for (int i = 0; i < OUTCOMES; i++)
		threads_tally.of[i] += handler_tally.of[i];
	return storm_status(&threads_tally, grown || errno_changed);
}
