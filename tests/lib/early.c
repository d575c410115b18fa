/* SPDX-License-Identifier: MIT */
/* A library that makes every call in its constructor: dials 127.0.0.1:50000, sends to another
 * socket, and looks at a port. */
#include "../probes/net.h"

__attribute__((constructor)) static void early(void)
{
	static const char calls[] = {'c', 's', 'g', 'G'};
	const struct name to = loopback(50000), any_port = loopback(0), nobody = {.length = 0};
	int pair[2], fd;

	for (int i = 0; i < 4; i++) {
		fd = new_socket(AF_INET, SOCK_STREAM, 0);
		const int error = dial_by(calls[i], fd, &to, MSG_FASTOPEN) < 0 ? errno : 0;
		dprintf(1, "early %c: %s self=%s\n", calls[i], error_name(error),
			is_self(fd) ? "yes" : "no");
		close_reset(fd);
	}
	socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
	for (int i = 1; i < 4; i++)
		dprintf(1, "early %c sends %ld\n", calls[i],
			dial_by(calls[i], pair[0], &nobody, 0));
	fd = new_socket(AF_INET, SOCK_STREAM, 0);
	must(bind(fd, &any_port.any, any_port.length), "bind");
	dprintf(1, "early port: %s\n", own_port(fd) ? "shown" : "none");
}
