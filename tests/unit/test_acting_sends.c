/* SPDX-License-Identifier: MIT */
/* A large fast open goes in two parts, which its result does not tell; and what a dial has found.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

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

/* Data that end within memory that is there are sent as far as they go, and errno is as it was. */
static void test_rest_out_of_reach(void)
{
	struct sockaddr_in at;
	const int server = listener(&at), client = tcp_socket();
	char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(pages != MAP_FAILED && mprotect(pages + 4096, 4096, PROT_NONE) == 0);
	errno = ENOTUNIQ;
	CHECK(sendto(client, pages, 8192, MSG_FASTOPEN, (struct sockaddr *)&at, sizeof(at)) ==
	      4096);
	CHECK(errno == ENOTUNIQ);
	close(client);
	close(server);
}

/* All of them are sent where they can be, in one call as it seems. */
static void test_both_parts(void)
{
	struct sockaddr_in at;
	const int server = listener(&at), client = tcp_socket();
	char data[10000], got[10000];

	memset(data, 'x', sizeof(data));
	CHECK(sendto(client, data, sizeof(data), MSG_FASTOPEN, (struct sockaddr *)&at,
		     sizeof(at)) == sizeof(data));
	const int peer = accept(server, NULL, NULL);
	CHECK(recv(peer, got, sizeof(got), MSG_WAITALL) == sizeof(got));
	CHECK(memcmp(data, got, sizeof(data)) == 0);
	close(peer);
	close(client);
	close(server);
}

/* Where it does not wait, or is no TCP, the kernel is given all of them at once. */
static void test_in_one(void)
{
	struct sockaddr_in at;
	char data[10000] = "";
	const int server = listener(&at), told = tcp_socket(), set = tcp_socket();
	const int datagram = socket(AF_INET, SOCK_DGRAM, 0);
	const struct sockaddr *to = (struct sockaddr *)&at;

	CHECK(fcntl(set, F_SETFL, O_NONBLOCK) == 0);
	CHECK(sendto(told, data, sizeof(data), MSG_FASTOPEN | MSG_DONTWAIT, to, sizeof(at)) == -1);
	CHECK(errno == EINPROGRESS);
	CHECK(sendto(set, data, sizeof(data), MSG_FASTOPEN, to, sizeof(at)) == -1);
	CHECK(errno == EINPROGRESS);
	CHECK(sendto(datagram, data, sizeof(data), MSG_FASTOPEN, to, sizeof(at)) == sizeof(data));
	close(datagram);
	close(set);
	close(told);
	close(server);
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
	test_rest_out_of_reach();
	test_both_parts();
	test_in_one();
	test_was_connected();
	return verdict_of_unit();
}
