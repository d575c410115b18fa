/* SPDX-License-Identifier: MIT */
/* Binds a socket; prints its error, whether the kernel has allocated a port, and whether
 * getsockname() shows one: bound [-m|-u] ADDRESS PORT    -m MPTCP  -u UDP */
#include "net.h"

#include <sys/syscall.h>

int main(int argc, char **argv)
{
	int type = SOCK_STREAM, protocol = 0, letter;

	while ((letter = getopt(argc, argv, "mu")) != -1) {
		if (letter == 'm')
			protocol = PROTOCOL_MPTCP;
		if (letter == 'u')
			type = SOCK_DGRAM;
	}
	if (argc - optind != 2)
		return 2;
	const struct name at = name_of(argv[optind], atoi(argv[optind + 1]));
	struct name seen = {.length = sizeof(seen.in6)};
	int fd = new_socket(at.any.sa_family, type, protocol);
	int error = bind(fd, &at.any, at.length) ? errno : 0;
	must(syscall(SYS_getsockname, fd, &seen.any, &seen.length), "getsockname");
	printf("bind=%s taken=%s shown=%s\n", error_name(error), seen.in.sin_port ? "yes" : "no",
	       own_port(fd) ? "yes" : "no");
	return 0;
}
