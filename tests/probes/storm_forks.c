/* SPDX-License-Identifier: MIT */
/* Forks, vforks and executes itself while other threads dial. Every child dials, and so do the
 * handlers around each fork; the child's handler forks again. A child that hung or died is odd.
 *     storm_forks ROUNDS PORT */
#include "storm.h"

#include <sys/wait.h>

enum { THREADS = 7, CHILD_DIALS = 3, CHILD_SECONDS = 20 };

static struct tally tally;
static _Atomic bool stop;
static int depth; /* of forks in fork handlers */
static int lost;  /* children that did not exit with an outcome */
static enum outcome grandchild_outcome = REFUSED;

/* The outcome with which a child exits; OUTCOMES if it was killed or hung. */
static enum outcome reap(pid_t child)
{
	int status;
	must(child, "fork");
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	return WIFEXITED(status) && WEXITSTATUS(status) < OUTCOMES
		       ? (enum outcome)WEXITSTATUS(status)
		       : OUTCOMES;
}

static void count_child(pid_t child)
{
	const enum outcome outcome = reap(child);
	if (outcome == OUTCOMES)
		lost++;
	else
		tally.of[outcome]++;
}

static enum outcome worse(enum outcome a, enum outcome b)
{
	static const int rank[] = {
		[REFUSED] = 0, [NO_PORT] = 1, [OTHER] = 2, [SELF] = 3, [OUTCOMES] = 4};
	return rank[a] > rank[b] ? a : b;
}

/* Exits with the worst outcome of this child and its children; an alarm ends one that hangs. */
static void be_child(void)
{
	enum outcome worst = grandchild_outcome;
	alarm(CHILD_SECONDS);
	for (int i = 0; i < CHILD_DIALS; i++)
		worst = worse(worst, storm_dial());
	_exit((int)worst);
}

static void dial_in_handler(void)
{
	const int error = errno;
	storm_count(&tally, storm_dial());
	errno = error;
}

static void dial_and_fork_in_child(void)
{
	dial_in_handler();
	if (depth++ > 0)
		return;
	const pid_t grandchild = fork();
	if (grandchild == 0)
		be_child();
	grandchild_outcome = reap(grandchild);
}

static void *dial_on(void *unused)
{
	while (!stop)
		storm_count(&tally, storm_dial());
	return unused;
}

static void fork_once(void)
{
	const pid_t child = fork();
	if (child == 0)
		be_child();
	count_child(child);
}

/* The child of a vfork() uses this stack and writes this thread's errno. */
static void vfork_once(char *const *again)
{
	const pid_t child = vfork();
	if (child == 0) {
		const enum outcome outcome = storm_dial();
		if (outcome == REFUSED && again)
			execv("/proc/self/exe", again);
		_exit((int)outcome);
	}
	count_child(child);
}

int main(int argc, char **argv)
{
	pthread_t thread[THREADS];

	if (argc == 3 && strcmp(argv[1], "child") == 0) {
		port = atoi(argv[2]);
		be_child();
	}
	if (argc != 3)
		return 2;
	const long rounds = atol(argv[1]);
	char *again[] = {argv[0], "child", argv[2], NULL};
	port = atoi(argv[2]);
	pthread_atfork(dial_in_handler, dial_in_handler, dial_and_fork_in_child);
	const int lowest = storm_lowest_free();
	for (int i = 0; i < THREADS; i++)
		thread[i] = storm_thread(dial_on, NULL);
	for (long i = 0; i < rounds; i++) {
		fork_once();
		vfork_once(NULL);
		vfork_once(again);
	}
	stop = true;
	for (int i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	printf("%ld children, %d lost: ", 3 * rounds, lost);
	return storm_end(&tally, lowest, lost);
}
