/* SPDX-License-Identifier: MIT */
/* Calls of the fast open kind without a destination, without messages or on what is no TCP socket:
 * prints what each gives. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void say(const char *what, long r)
{
	printf("%s: %ld %s\n", what, r, r < 0 ? strerrorname_np(errno) : "OK");
}

static int stream(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

int main(void)
{
	char data[] = "ping";
	struct iovec part = {data, 4};
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons(9),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr nobody = {.sa_family = AF_UNSPEC};
	struct mmsghdr one = {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}}, toward = one;
	int pair[2];

	toward.msg_hdr.msg_name = &to;
	toward.msg_hdr.msg_namelen = sizeof(to);
	say("sendto, no address", sendto(stream(), data, 4, MSG_FASTOPEN, NULL, 0));
	say("sendto, no address but a length", sendto(stream(), data, 4, MSG_FASTOPEN, NULL, 16));
	say("sendto, an address but no length",
	    sendto(stream(), data, 4, MSG_FASTOPEN, (struct sockaddr *)&to, 0));
	say("sendto, AF_UNSPEC", sendto(stream(), data, 4, MSG_FASTOPEN, &nobody, sizeof(nobody)));
	say("sendto, no data",
	    sendto(stream(), NULL, 0, MSG_FASTOPEN, (struct sockaddr *)&to, sizeof(to)));
	say("sendto, data that are not there",
	    sendto(stream(), (void *)8, 4, MSG_FASTOPEN, (struct sockaddr *)&to, sizeof(to)));
	say("sendto, dead port",
	    sendto(stream(), data, 4, MSG_FASTOPEN, (struct sockaddr *)&to, sizeof(to)));
	say("sendmsg, no message", sendmsg(stream(), NULL, MSG_FASTOPEN));
	say("sendmsg, no address", sendmsg(stream(), &one.msg_hdr, MSG_FASTOPEN));
	say("sendmsg, dead port", sendmsg(stream(), &toward.msg_hdr, MSG_FASTOPEN));
	say("sendmmsg, none of none", sendmmsg(stream(), NULL, 0, MSG_FASTOPEN));
	say("sendmmsg, none of one", sendmmsg(stream(), &toward, 0, MSG_FASTOPEN));
	say("sendmmsg, one of none", sendmmsg(stream(), NULL, 1, MSG_FASTOPEN));
	say("sendmmsg, no address", sendmmsg(stream(), &one, 1, MSG_FASTOPEN));
	say("sendmmsg, dead port", sendmmsg(stream(), &toward, 1, MSG_FASTOPEN));
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return 2;
	say("unix", send(pair[0], data, 4, MSG_FASTOPEN));
	say("unix sendmsg", sendmsg(pair[0], &one.msg_hdr, MSG_FASTOPEN));
	say("UDP", sendto(socket(AF_INET, SOCK_DGRAM, 0), data, 4, MSG_FASTOPEN,
			  (struct sockaddr *)&to, sizeof(to)));
	say("a file", sendto(open("/dev/null", O_RDWR), data, 4, MSG_FASTOPEN,
			     (struct sockaddr *)&to, sizeof(to)));
	say("nothing", sendto(-1, data, 4, MSG_FASTOPEN, (struct sockaddr *)&to, sizeof(to)));
	return 0;
}
