/* SPDX-License-Identifier: MIT */
/* Runs a command whose stderr is a terminal that nobody reads, filled so that poll() says writable
 * but the write of a line blocks. SIGALRM kills a command that blocks. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Opens a new terminal; this process keeps the other end open and does not read it. */
static int terminal(void)
{
	int reader = posix_openpt(O_RDWR | O_NOCTTY);
	if (reader < 0 || grantpt(reader) || unlockpt(reader))
		exit(3);
	return open(ptsname(reader), O_RDWR | O_NOCTTY | O_NONBLOCK);
}

/* Writes at most so many bytes; returns how many fitted. */
static long fill(int fd, long most)
{
	long bytes = 0;
	/* A little later the kernel moves a part to the reader's buffer, which makes room again. */
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
