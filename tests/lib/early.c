/* SPDX-License-Identifier: MIT */
/* A library that makes every call in its constructor: dials 127.0.0.1:50000, and looks at a port.
 */
#include "../probes/net.h"

static void report(const char *call, long result, int fd)
{
	const char *error = error_name(result < 0 ? errno : 0);

	dprintf(1, "early %s: %s self=%s\n", call, error, is_self(fd) ? "yes" : "no");
	close_reset(fd);
}

__attribute__((constructor)) static void early(void)
{
	const struct name to = loopback(50000), any_port = loopback(0);
	struct iovec data = {"x", 1};
	struct mmsghdr message = {{(void *)&to.any, to.length, &data, 1, NULL, 0, 0}, 0};
	int fd[4];

	for (int i = 0; i < 4; i++)
		fd[i] = new_socket(AF_INET, SOCK_STREAM, 0);
	report("connect", connect(fd[0], &to.any, to.length), fd[0]);
	report("sendto", sendto(fd[1], "x", 1, MSG_FASTOPEN, &to.any, to.length), fd[1]);
	report("sendmsg", sendmsg(fd[2], &message.msg_hdr, MSG_FASTOPEN), fd[2]);
	report("sendmmsg", sendmmsg(fd[3], &message, 1, MSG_FASTOPEN), fd[3]);
	/* Those that do not dial. */
	struct mmsghdr plain = {.msg_hdr = {.msg_iov = &data, .msg_iovlen = 1}};
	int pair[2];
	socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
	const long sent = sendto(pair[0], "x", 1, 0, NULL, 0) + sendmsg(pair[0], &plain.msg_hdr, 0);
	dprintf(1, "early sends: %ld %d %d\n", sent, sendmmsg(pair[0], &plain, 1, 0),
		sendmmsg(pair[0], &plain, 0, MSG_FASTOPEN));
	fd[0] = new_socket(AF_INET, SOCK_STREAM, 0);
	must(bind(fd[0], &any_port.any, any_port.length), "bind");
	dprintf(1, "early port: %s\n", own_port(fd[0]) ? "shown" : "none");
}
