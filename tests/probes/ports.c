/* SPDX-License-Identifier: MIT */
/* Counts how many connections the ephemeral ports allow: dials its own listeners on ports BASE,
 * BASE + 1, ... in turn from sockets bound to an address and port 0, and keeps every connection.
 * Exit 0 if every dial succeeded, 1 if not. -m: MPTCP. ADDRESS is 127.0.0.1 if it is not given.
 *     ports [-m] DIALS LISTENERS BASE [ADDRESS] */
#include "net.h"

int main(int argc, char **argv)
{
	const int protocol = getopt(argc, argv, "m") == 'm' ? PROTOCOL_MPTCP : 0;
	int connected = 0, error = 0;

	argv += optind;
	if (argc - optind < 3)
		return 2;
	const int dials = atoi(argv[0]), listeners = atoi(argv[1]), base = atoi(argv[2]);
	const char *address = argv[3] ? argv[3] : "127.0.0.1";
	const struct name from = name_of(address, 0);

	for (int i = 0; i < listeners; i++) {
		const struct name at = name_of(address, base + i);
		listen_on(&at, protocol);
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
