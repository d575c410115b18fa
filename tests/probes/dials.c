/* SPDX-License-Identifier: MIT */
/* Dials a port of 127.0.0.1 so many times: `dial -q` under an older name. */
#include "net.h"

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: dials COUNT PORT\n");
		return 2;
	}
	const struct name to = loopback(atoi(argv[2]));
	long refused = 0, reached = 0;

	for (long i = 0; i < atol(argv[1]); i++) {
		int fd = new_socket(AF_INET, SOCK_STREAM, 0);
		if (connect(fd, &to.any, to.length) == 0)
			reached++;
		else if (errno == ECONNREFUSED)
			refused++;
		close(fd);
	}
	printf("%s dials, %ld refused, %ld reached themselves\n", argv[1], refused, reached);
	return reached != 0;
}
