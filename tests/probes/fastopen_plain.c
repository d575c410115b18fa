/* SPDX-License-Identifier: MIT */
/* Sends by sendto, sendmsg and sendmmsg without MSG_FASTOPEN over TCP, UDP and a pipe of sockets,
 * between two calls of getppid(), so that a trace shows what the sends alone cost. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static void send_all(int fd, struct sockaddr_in *to)
{
	char data[] = "ping";
	struct iovec part = {data, 4};
	struct mmsghdr two[2];

	for (int i = 0; i < 2; i++)
		two[i] = (struct mmsghdr){.msg_hdr = {.msg_name = to,
						      .msg_namelen = to ? sizeof(*to) : 0,
						      .msg_iov = &part,
						      .msg_iovlen = 1}};
	sendto(fd, data, 4, 0, (struct sockaddr *)to, to ? sizeof(*to) : 0);
	sendmsg(fd, &two[0].msg_hdr, MSG_NOSIGNAL);
	sendmmsg(fd, two, 2, MSG_DONTWAIT);
}

int main(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(at);
	int udp = socket(AF_INET, SOCK_DGRAM, 0), tcp = socket(AF_INET, SOCK_STREAM, 0);
	int listener = socket(AF_INET, SOCK_STREAM, 0), pair[2];

	if (listen(listener, 1) || getsockname(listener, (struct sockaddr *)&at, &length) ||
	    connect(tcp, (struct sockaddr *)&at, sizeof(at)) ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) {
		perror("fastopen_plain");
		return 2;
	}
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	syscall(SYS_getppid);
	send_all(tcp, NULL);
	send_all(udp, &at);
	send_all(pair[0], NULL);
	syscall(SYS_getppid);
	return 0;
}
