/* SPDX-License-Identifier: MIT */
/* Runs a command as its child and exits as it did: a parent of whatever architecture it is for. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: portable_then COMMAND [ARGUMENT...]\n");
		return 2;
	}
	const pid_t child = fork();
	if (child == 0) {
		execv(argv[1], argv + 1);
		perror(argv[1]);
		_exit(127);
	}
	int status;
	if (child < 0 || waitpid(child, &status, 0) < 0) {
		perror("portable_then");
		return 2;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}
