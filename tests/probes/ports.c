/* SPDX-License-Identifier: MIT */
/* Counts how many connections the ephemeral ports allow: dials its own listeners on ports BASE,
 * BASE + 1, ... in turn from sockets bound to an address and port 0, and keeps every connection.
 * Exit 0 if every dial succeeded, 1 if not. -m: MPTCP. ADDRESS is 127.0.0.1 if it is not given.
 *     ports [-m] [-a ADDRESS] DIALS LISTENERS BASE */
#include "net.h"

int main(int argc, char **argv)
{
	int protocol = 0, connected = 0, error = 0, option;
	const char *address = "127.0.0.1";

	while ((option = getopt(argc, argv, "ma:")) != -1) {
		if (option == 'm')
			protocol = PROTOCOL_MPTCP;
		else if (option == 'a')
			address = optarg;
	}
	if (argc - optind != 3)
		return 2;
	const int dials = atoi(argv[optind]), listeners = atoi(argv[optind + 1]),
		  base = atoi(argv[optind + 2]);
	const struct name from = name_of(address, 0);

	for (int i = 0; i < listeners; i++) {
		const struct name at = name_of(address, base + i);
		int fd = new_socket(at.any.sa_family, SOCK_STREAM, protocol);
		must(bind(fd, &at.any, at.length), "bind");
		must(listen(fd, dials), "listen");
	}
	for (int i = 0; i < dials; i++) {
		const struct name to = name_of(address, base + i % listeners);
		int fd = new_socket(to.any.sa_family, SOCK_STREAM, protocol);
		if (bind(fd, &from.any, from.length) == 0 && connect(fd, &to.any, to.length) == 0)
			connected++;
		else
			error = errno;
	}
	printf("%d of %d dials to %d destinations connected%s%s\n", connected, dials, listeners,
	       error ? "; then: " : "", error ? strerror(error) : "");
	return connected != dials;
}
