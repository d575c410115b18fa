/* SPDX-License-Identifier: MIT */
/* A worker that starts a small program with a library preloaded, and waits for its end. */
#define _GNU_SOURCE
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "turn.h"

/* From start to end. */
static struct took once(char *program, char **environment)
{
	char *arguments[] = {program, NULL};
	const double before = nanoseconds(CLOCK_MONOTONIC);
	struct rusage used;
	pid_t pid;
	int status;

	if (posix_spawn(&pid, program, NULL, NULL, arguments, environment))
		must(-1, program);
	must(wait4(pid, &status, 0, &used), "wait4");
	const double took = nanoseconds(CLOCK_MONOTONIC) - before;
	if (status != 0) {
		fprintf(stderr, "start: %s ended with status %d\n", program, status);
		exit(3);
	}
	return (struct took){(double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e9 +
				     (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e3,
			     took};
}

int main(int argc, char **argv)
{
	static char preload[4096];
	char *environment[] = {preload, NULL};

	if (argc != 3) {
		fprintf(stderr, "usage: start PROGRAM LIBRARY, \"\" for none\n");
		return 2;
	}
	/* A variable in any case: the size of the environment is not what is asked, either. */
	snprintf(preload, sizeof(preload), "%s=%s", argv[2][0] ? "LD_PRELOAD" : "NO_PRELOAD",
		 argv[2][0] ? argv[2] : argv[1]);
	while (turn_wait())
		turn_done(once(argv[1], environment));
	return 0;
}
