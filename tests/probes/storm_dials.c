/* SPDX-License-Identifier: MIT */
/* Dials from several threads, and from the handler of a timer's signal. A dial whose errno the
 * handler's dial has changed is odd. storm_dials [-t THREADS] [-s HERTZ] [-n DIALS] PORT */
#include "storm.h"

#include <signal.h>
#include <time.h>

enum { MAX_THREADS = 64 };

static _Atomic long left = 1000; /* remaining dials of all threads */
static struct tally tally;
static _Atomic bool errno_changed;

static void on_timer(int signal)
{
	(void)signal;
	const int before = errno;
	storm_count(&tally, storm_dial());
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
	set_mask(SIG_UNBLOCK);
	while (left-- > 0)
		storm_count(&tally, storm_dial());
	/* The handler restores errno; a dial in it must not change it on success. */
	errno = UNTOUCHED;
	for (volatile int spin = 0; spin < 100000; spin++)
		if (errno != UNTOUCHED)
			errno_changed = true;
	return unused;
}

/* The signal interrupts a dialling thread: main, which only waits, blocks it. */
static void start_timer(long hertz)
{
	const struct sigaction action = {.sa_handler = on_timer, .sa_flags = SA_RESTART};
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
	const struct timespec period = {.tv_nsec = 1000000000L / hertz};
	const struct itimerspec every = {period, period};
	timer_t timer;

	sigaction(SIGRTMIN, &action, NULL);
	must(timer_create(CLOCK_MONOTONIC, &event, &timer), "timer_create");
	must(timer_settime(timer, 0, &every, NULL), "timer_settime");
}

int main(int argc, char **argv)
{
	pthread_t thread[MAX_THREADS];
	int threads = 1, option;
	long hertz = 0;

	while ((option = getopt(argc, argv, "t:s:n:")) != -1) {
		if (option == 't')
			threads = atoi(optarg);
		else if (option == 's')
			hertz = atol(optarg);
		else if (option == 'n')
			left = atol(optarg);
	}
	if (optind != argc - 1 || threads < 1 || threads > MAX_THREADS)
		return 2;
	port = atoi(argv[optind]);
	const int lowest = storm_lowest_free();
	set_mask(SIG_BLOCK);
	if (hertz)
		start_timer(hertz);
	for (int i = 0; i < threads; i++)
		thread[i] = storm_thread(dial_on, NULL);
	for (int i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	if (errno_changed)
		printf("a signal handler's dial changed errno\n");
	return storm_end(&tally, lowest, errno_changed);
}
