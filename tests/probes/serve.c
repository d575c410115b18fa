/* SPDX-License-Identifier: MIT */
/* A service without SO_REUSEADDR: listens on these ports of 127.0.0.1, and says so. With -w it
 * stays until its input ends: serve [-w] PORT... */
#include "net.h"

int main(int argc, char **argv)
{
	const bool waits = argc > 1 && strcmp(argv[1], "-w") == 0;

	for (int i = waits ? 2 : 1; i < argc; i++) {
		const struct name at = loopback(atoi(argv[i]));
		listen_on(&at, 0);
		printf("serve: listening on 127.0.0.1:%s\n", argv[i]);
	}
	fflush(stdout);
	while (waits && getchar() != EOF)
		;
	return 0;
}
