/* SPDX-License-Identifier: MIT */
/* Runs a command whose stderr is a terminal that nobody reads, so full that poll() says writable
 * and the write of a line waits at its end. A command that waits is killed by SIGALRM. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A new terminal; its other end stays open, and unread, in this process. */
static int terminal(void)
{
	int reader = posix_openpt(O_RDWR | O_NOCTTY);
	if (reader < 0 || grantpt(reader) || unlockpt(reader))
		exit(3);
	return open(ptsname(reader), O_RDWR | O_NOCTTY | O_NONBLOCK);
}

/* Writes at most so many bytes; returns how many there was room for. */
static long fill(int fd, long most)
{
	long bytes = 0;
	/* The kernel moves a part on to the reader's buffer, a moment later: there is room again.
	 */
	for (int failures = 0; bytes < most && failures < 5;) {
		if (write(fd, "x", 1) == 1) {
			bytes++;
			failures = 0;
		} else {
			usleep(20000);
			failures++;
		}
	}
	usleep(100000);
	return bytes;
}

int main(int argc, char **argv)
{
	const long room = fill(terminal(), 10000000);
	const int fd = terminal();
	struct pollfd one = {.fd = fd, .events = POLLOUT};

	fill(fd, room - 1);
	if (argc < 2 || poll(&one, 1, 0) != 1)
		return 3;
	fcntl(fd, F_SETFL, O_RDWR);
	if (dup2(fd, 2) != 2)
		return 3;
	alarm(2);
	execvp(argv[1], argv + 1);
	return 3;
}
