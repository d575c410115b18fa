/* SPDX-License-Identifier: MIT */
/* A library that dials 127.0.0.1:50000 in its constructor and prints the result. */
#include "../probes/net.h"

__attribute__((constructor)) static void early(void)
{
	const struct name to = loopback(50000);
	int fd = new_socket(AF_INET, SOCK_STREAM, 0);
	int error = connect(fd, &to.any, to.length) ? errno : 0;

	dprintf(1, "early: %s self=%s\n", error_name(error), is_self(fd) ? "yes" : "no");
	close_reset(fd);
}
