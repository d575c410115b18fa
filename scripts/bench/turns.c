/* SPDX-License-Identifier: MIT */
/* Gives several workers short turns, back and forth, and prints what each took in every round. */
#include <errno.h>
#include <sys/wait.h>

#include "turn.h"

/*
 * usage: turns WARM ROUNDS COMMAND...
 * Each COMMAND, for sh, is a worker: for every byte on its stdin it does a slice of work and writes
 * a struct took to its stdout. In a round each has two turns, in this order and then in the other
 * (A B C, C B A), so that a machine that slows down or speeds up does so for all. One line per
 * round: for each worker the mean of its two turns, processor time and clock. The first WARM rounds
 * are not printed.
 */

enum { MOST = 16 };

struct worker {
	pid_t pid;
	int to, from;
};

static struct worker started(const char *command)
{
	int to[2], from[2];

	must(pipe(to), "pipe");
	must(pipe(from), "pipe");
	pid_t pid = fork();
	must(pid, "fork");
	if (pid == 0) {
		dup2(to[0], STDIN_FILENO);
		dup2(from[1], STDOUT_FILENO);
		/* Those of the workers before are not this one's to hold open. */
		for (int fd = STDERR_FILENO + 1; fd < 4 * MOST + 8; fd++)
			close(fd);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	close(to[0]);
	close(from[1]);
	return (struct worker){pid, to[1], from[0]};
}

static struct took turn(const struct worker *worker, const char *command)
{
	struct took took;

	if (write(worker->to, "g", 1) != 1 ||
	    read(worker->from, &took, sizeof(took)) != sizeof(took)) {
		fprintf(stderr, "turns: this worker did not answer: %s\n", command);
		exit(1);
	}
	return took;
}

int main(int argc, char **argv)
{
	const int count = argc - 3;
	struct worker workers[MOST];

	if (count < 1 || count > MOST) {
		fprintf(stderr, "usage: turns WARM ROUNDS COMMAND..., at most %d of them\n", MOST);
		return 2;
	}
	char **commands = argv + 3;
	const int warm = atoi(argv[1]), rounds = atoi(argv[2]);
	for (int i = 0; i < count; i++)
		workers[i] = started(commands[i]);
	for (int round = -warm; round < rounds; round++) {
		struct took both[MOST] = {0};
		for (int i = 0; i < 2 * count; i++) {
			const int w = i < count ? i : 2 * count - 1 - i;
			const struct took took = turn(&workers[w], commands[w]);
			both[w].processor += took.processor / 2;
			both[w].clock += took.clock / 2;
		}
		for (int i = 0; i < count && round >= 0; i++)
			printf("%.1f %.1f%c", both[i].processor, both[i].clock,
			       i < count - 1 ? ' ' : '\n');
		fflush(stdout);
	}
	for (int i = 0; i < count; i++) {
		close(workers[i].to);
		waitpid(workers[i].pid, NULL, 0);
	}
	return 0;
}
