/* SPDX-License-Identifier: MIT */
/* What the launcher and the supervisor say to each other before the command starts. */
#include "channel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

int channel_create(int ends[2])
{
	const struct timeval patience = {.tv_sec = CHANNEL_PATIENCE_S};

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return 0;
}

/* Room for one descriptor beside a message. */
union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

static struct msghdr message(struct iovec *body, union control *control)
{
	memset(control, 0, sizeof(*control));
	return (struct msghdr){.msg_iov = body,
			       .msg_iovlen = 1,
			       .msg_control = control,
			       .msg_controllen = sizeof(*control)};
}

int channel_ask(int end, int listener)
{
	struct channel_offer offer = {getpid(), end, (uintptr_t)&offer, listener};
	struct iovec body = {&offer, sizeof(offer)};
	union control control;
	struct msghdr m = message(&body, &control);
	int error;

	if (listener < 0) {
		m.msg_control = NULL;
		m.msg_controllen = 0;
	} else {
		control.header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)),
						  .cmsg_level = SOL_SOCKET,
						  .cmsg_type = SCM_RIGHTS};
		memcpy(CMSG_DATA(&control.header), &listener, sizeof(listener));
	}
	/* Without flags: this process's filter tests those of sendmsg(). */
	if (sendmsg(end, &m, 0) < 0)
		return -EPIPE;
	return recv(end, &error, sizeof(error), 0) == sizeof(error) ? error : -EPIPE;
}

int channel_receive(int end, struct channel_offer *offer)
{
	struct iovec body = {offer, sizeof(*offer)};
	union control control;
	struct msghdr m = message(&body, &control);

	if (recvmsg(end, &m, MSG_CMSG_CLOEXEC) != (ssize_t)sizeof(*offer))
		return -1;
	offer->listener = -1;
	if (control.header.cmsg_type == SCM_RIGHTS && m.msg_controllen >= CMSG_LEN(sizeof(int)))
		memcpy(&offer->listener, CMSG_DATA(&control.header), sizeof(offer->listener));
	return 0;
}

void channel_answer(int end, int error)
{
	send(end, &error, sizeof(error), MSG_NOSIGNAL);
}
