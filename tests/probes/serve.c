/* SPDX-License-Identifier: MIT */
/* A service without SO_REUSEADDR on ports of 127.0.0.1.
 *     serve PORT              binds, listens, prints that and exits: 0 if it could, 1 if not
 *     serve -w PORT...        listens on all of them, prints that, and exits at the end of its
 * stdin serve -c ROUNDS PORT    dials as a client, then starts the service, before and after the
 *                             client closes: exits with 0 if it could start each time, 1 if not */
#include "net.h"

static const char usage[] = "usage: serve [-w | -c ROUNDS] PORT...\n";

/* A listener, or -1 and errno. */
static int start(int port)
{
	const struct name at = loopback(port);
	int fd = new_socket(AF_INET, SOCK_STREAM, 0);

	if (bind(fd, &at.any, at.length) == 0 && listen(fd, 64) == 0)
		return fd;
	const int error = errno;
	close(fd);
	errno = error;
	return -1;
}

static int starts(int port)
{
	int fd = start(port);
	if (fd < 0 && errno != EADDRINUSE)
		must(-1, "serve");
	close(fd);
	return fd >= 0;
}

/* The result of the dial does not matter, only whether the port is free afterwards. */
static int beside_a_client(int rounds, int port)
{
	const struct name to = loopback(port);
	int beside = 0, after = 0;

	for (int i = 0; i < rounds; i++) {
		int fd = new_socket(AF_INET, SOCK_STREAM, 0);
		(void)!connect(fd, &to.any, to.length);
		beside += starts(port);
		close(fd);
		after += starts(port);
	}
	printf("of %d starts: %d beside the client, %d after it\n", rounds, beside, after);
	return beside != rounds || after != rounds;
}

int main(int argc, char **argv)
{
	int rounds = 0, option;
	bool wait = false;

	while ((option = getopt(argc, argv, "wc:")) != -1) {
		wait |= option == 'w';
		if (option == 'c')
			rounds = atoi(optarg);
		if (option == '?')
			optind = argc;
	}
	if (optind >= argc) {
		fputs(usage, stderr);
		return 2;
	}
	if (rounds)
		return beside_a_client(rounds, atoi(argv[optind]));
	for (int i = optind; i < argc; i++) {
		if (start(atoi(argv[i])) < 0) {
			perror("serve");
			return 1;
		}
	}
	for (int i = optind; i < argc; i++)
		printf("serve: listening on 127.0.0.1:%s\n", argv[i]);
	fflush(stdout);
	while (wait && getchar() != EOF)
		;
	return 0;
}
