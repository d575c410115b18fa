/* SPDX-License-Identifier: MIT */
/* Whether a dial found a connection that an earlier dial had made. */
#define _GNU_SOURCE
#include <fcntl.h>

#include "acting.h"
#include "core/sys.h"

/* A listener of loopback's, and its address. */
static int listener(struct sockaddr_in *at)
{
	const int fd = tcp_socket();
	socklen_t length = sizeof(*at);

	CHECK(bind(fd, LOOPBACK) == 0 && listen(fd, 8) == 0);
	CHECK(getsockname(fd, (struct sockaddr *)at, &length) == 0);
	return fd;
}

static void test_was_connected(void)
{
	struct sockaddr_in at;
	const int server = listener(&at), client = tcp_socket();

	CHECK(sys_nonblocking(-1) == -EBADF && sys_nonblocking(client) == 0);
	CHECK(!tcpsock_was_connected(client));
	CHECK(fcntl(client, F_SETFL, O_NONBLOCK) == 0 && sys_nonblocking(client) == 1);
	CHECK(!tcpsock_was_connected(client));
	CHECK(connect(client, (struct sockaddr *)&at, sizeof(at)) == -1 && errno == EINPROGRESS);
	CHECK(tcpsock_was_connected(client));
	close(client);
	close(server);
}

int main(void)
{
	test_was_connected();
	return verdict_of_unit();
}
