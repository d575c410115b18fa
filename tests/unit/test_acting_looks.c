/* SPDX-License-Identifier: MIT */
/* getsockname() through pointers of every kind, and the doors before the constructor has run. */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "acting.h"
#include "preload/load.h"

/* Looks at a port that was put off through a length that lies there. */
static void look_through(socklen_t *length, socklen_t room)
{
	struct endpoint local;
	struct sockaddr_in name = {.sin_family = AF_UNSPEC};
	const int fd = put_off(&local);

	memcpy(length, &room, sizeof(room));
	CHECK(getsockname(fd, (struct sockaddr *)&name, length) == 0);
	CHECK(room < 4 || name.sin_port != 0);
	memcpy(&room, length, sizeof(room));
	CHECK(room == sizeof(name));
	close(fd);
}

/* Sockets without a port that was put off: one never bound, one with a port, one with a low one. */
static void look_at_others(socklen_t *length)
{
	struct sockaddr_in name;
	struct endpoint local;
	const int unbound = tcp_socket(), bound = put_off(&local), low = tcp_socket();

	*length = sizeof(name);
	CHECK(getsockname(unbound, (struct sockaddr *)&name, length) == 0 && name.sin_port == 0);
	CHECK(tcpsock_allocate_port(bound, &local) == 0);
	CHECK(getsockname(bound, (struct sockaddr *)&name, length) == 0 && name.sin_port != 0);
	for (uint16_t port = 200; port < 256; port++) {
		socklen_t room = sizeof(name);
		struct sockaddr_in at = loopback;
		at.sin_port = htons(port);
		/* Where one may: its first byte is that of no port. */
		if (bind(low, (struct sockaddr *)&at, sizeof(at)) < 0)
			continue;
		CHECK(getsockname(low, (struct sockaddr *)&name, &room) == 0);
		CHECK(name.sin_port == htons(port));
		break;
	}
	close(unbound);
	close(bound);
	close(low);
}

static void *look_from_everywhere(void *other_stack)
{
	socklen_t pages[4096], on_heap_like[2] = {0, 0};
	static socklen_t in_data;

	look_through(&pages[0], 16);
	look_through(&pages[4095], 16);
	look_through((socklen_t *)((char *)on_heap_like + 1), 16);
	look_through(&in_data, 16);
	look_at_others(&in_data);
	for (socklen_t room = 0; room < 5; room++)
		look_through(&on_heap_like[0], room);
	return other_stack;
}

/* A caller that comes before the constructor: what is loaded is found anew, and nothing is kept. */
static void test_before_constructor(void)
{
	const struct load *done = load_done;
	char byte = 'x';
	struct iovec data = {&byte, 1};
	struct sockaddr_in nobody = loopback;
	struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
	struct mmsghdr several = {.msg_hdr = message};
	struct rlimit files;
	char **environment = environ;
	int pair[2];

	CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
	CHECK(sendmmsg(pair[0], &several, 1, 0) == 1);
	load_done = NULL;
	CHECK(sendto(pair[0], &byte, 1, 0, NULL, 0) == 1);
	CHECK(sendmsg(pair[0], &message, 0) == 1);
	CHECK(sendmmsg(pair[0], &several, 1, 0) == 1);
	CHECK(sendmmsg(pair[0], &several, 0, MSG_FASTOPEN) == 0);
	socklen_t length = sizeof(nobody);
	const int unbound = tcp_socket();
	CHECK(getsockname(unbound, (struct sockaddr *)&nobody, &length) == 0);
	close(unbound);
	nobody = loopback;
	environ = NULL;
	CHECK(sendto(pair[0], &byte, 1, 0, NULL, 0) == 1);
	/* Not even the auxiliary vector can be read. */
	char mode[] = "NOSELF_MODE=observe", *setting[] = {mode, NULL};
	environ = setting;
	getrlimit(RLIMIT_NOFILE, &files);
	const struct rlimit none = {0, files.rlim_max};
	setrlimit(RLIMIT_NOFILE, &none);
	struct load early;
	CHECK(load_get(&early)->context.settings.mode == MODE_OBSERVE);
	setrlimit(RLIMIT_NOFILE, &files);
	environ = environment;
	load_done = done;
	nobody.sin_port = htons(9);
	message.msg_name = several.msg_hdr.msg_name = &nobody;
	message.msg_namelen = several.msg_hdr.msg_namelen = sizeof(nobody);
	for (int i = 0; i < 2; i++) {
		const int fd = tcp_socket(), other = tcp_socket(), third = tcp_socket();
		CHECK(sendto(fd, &byte, 1, MSG_FASTOPEN | MSG_NOSIGNAL, (struct sockaddr *)&nobody,
			     sizeof(nobody)) < 0);
		CHECK(sendmsg(other, &message, MSG_FASTOPEN | MSG_NOSIGNAL) < 0);
		CHECK(sendmmsg(third, &several, 1, MSG_FASTOPEN | MSG_NOSIGNAL) < 0);
		close(fd);
		close(other);
		close(third);
		load_done = i == 0 ? NULL : done;
	}
	load_done = done;
	close(pair[0]);
	close(pair[1]);
}

int main(void)
{
	int here;

	look_from_everywhere(&here);
	in_a_thread(look_from_everywhere, &here);
	test_before_constructor();
	return verdict_of_unit();
}
