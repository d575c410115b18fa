/* SPDX-License-Identifier: MIT */
/* A service without SO_REUSEADDR: listens on these ports of 127.0.0.1, and says so. With -w it
 * stays until its input ends. Exit 1 if it cannot: serve [-w] PORT... */
#include "net.h"

int main(int argc, char **argv)
{
	const bool waits = argc > 1 && strcmp(argv[1], "-w") == 0;

	for (int i = waits ? 2 : 1; i < argc; i++) {
		const struct name at = loopback(atoi(argv[i]));
		const int fd = new_socket(AF_INET, SOCK_STREAM, 0);
		if (bind(fd, &at.any, at.length) || listen(fd, 64)) {
			perror("serve");
			return 1;
		}
	}
	for (int i = waits ? 2 : 1; i < argc; i++)
		printf("serve: listening on 127.0.0.1:%s\n", argv[i]);
	fflush(stdout);
	while (waits && getchar() != EOF)
		;
	return 0;
}
