/* SPDX-License-Identifier: MIT */
/* Does one operation COUNT times; two runs with different counts show the cost of one.
 *     cost_calls OPERATION COUNT     OPERATION: one of the table below */
#include "net.h"

#include <stddef.h>
#include <sys/un.h>

/* The destination: a port with a listener, one without, port 0, or a UNIX address. */
enum where { LIVE, DEAD, ANY, UNIX };

static const struct operation {
	const char *name;
	char call; /* c connect, b bind, n getsockname; s, g, G sendto, sendmsg and sendmmsg */
	int type, flags;
	const char *address;
	enum where where;
} operations[] = {
	{"tcp-connect", 'c', SOCK_STREAM, 0, "127.0.0.1", LIVE},
	{"tcp-connect-nonblocking", 'c', SOCK_STREAM | SOCK_NONBLOCK, 0, "127.0.0.1", LIVE},
	{"tcp-refused", 'c', SOCK_STREAM, 0, "127.0.0.1", DEAD},
	{"udp-connect", 'c', SOCK_DGRAM, 0, "127.0.0.1", DEAD},
	{"unix-connect", 'c', SOCK_DGRAM, 0, "listener", UNIX},
	{"fast-open-sendto", 's', SOCK_STREAM, MSG_FASTOPEN, "127.0.0.1", LIVE},
	{"fast-open-sendmsg", 'g', SOCK_STREAM, MSG_FASTOPEN, "127.0.0.1", LIVE},
	{"fast-open-sendmmsg", 'G', SOCK_STREAM, MSG_FASTOPEN, "127.0.0.1", LIVE},
	{"sendto", 's', SOCK_DGRAM, 0, "127.0.0.1", DEAD},
	{"sendmsg", 'g', SOCK_DGRAM, 0, "127.0.0.1", DEAD},
	{"sendmmsg", 'G', SOCK_DGRAM, 0, "127.0.0.1", DEAD},
	{"bind-named", 'b', SOCK_STREAM, 0, "127.0.0.1", DEAD},
	{"bind-ip", 'b', SOCK_STREAM, 0, "127.0.0.1", ANY},
	{"bind-wildcard", 'b', SOCK_STREAM, 0, "0.0.0.0", ANY},
	{"bind-wildcard6", 'b', SOCK_STREAM, 0, "::", ANY},
	{"bind-udp", 'b', SOCK_DGRAM, 0, "127.0.0.1", ANY},
	{"bind-unix", 'b', SOCK_DGRAM, 0, "other", UNIX},
	{"getsockname", 'n', SOCK_STREAM, 0, "127.0.0.1", LIVE},
};
enum { OPERATIONS = sizeof(operations) / sizeof(*operations) };

static struct sockaddr_un unix_at;
static struct name inet_at;
static const struct sockaddr *to = &inet_at.any;
static socklen_t length;
static int listener;

static void name_unix(const char *name)
{
	unix_at.sun_family = AF_UNIX;
	snprintf(unix_at.sun_path + 1, 64, "cost_calls.%d.%s", (int)getpid(), name);
	to = (struct sockaddr *)&unix_at;
	length = sizeof(unix_at);
}

static void prepare(const struct operation *o)
{
	const struct name any = loopback(0);

	listener = listen_on(&any);
	if (o->where == UNIX) {
		name_unix("listener");
		must(bind(new_socket(AF_UNIX, SOCK_DGRAM, 0), to, length), "bind");
		name_unix(o->address);
		return;
	}
	inet_at = name_of(o->address, o->where == LIVE   ? own_port(listener)
				      : o->where == DEAD ? 21999
							 : 0);
	length = inet_at.length;
}

static void send_once(const struct operation *o, int fd)
{
	struct iovec part = {"x", 1};
	struct mmsghdr message = {.msg_hdr = {.msg_name = (void *)to,
					      .msg_namelen = length,
					      .msg_iov = &part,
					      .msg_iovlen = 1}};

	must(o->call == 's'   ? sendto(fd, "x", 1, o->flags, to, length)
	     : o->call == 'g' ? sendmsg(fd, &message.msg_hdr, o->flags)
			      : sendmmsg(fd, &message, 1, o->flags),
	     "send");
}

static void perform(const struct operation *o)
{
	struct name name = {.length = sizeof(name.in6)};
	int fd = new_socket(to->sa_family, o->type, 0);

	if (o->call == 'b')
		must(bind(fd, to, length), "bind");
	else if (o->call == 'n')
		must(getsockname(listener, &name.any, &name.length), "getsockname");
	else if (o->call == 'c' && connect(fd, to, length) < 0 && errno != EINPROGRESS &&
		 errno != ECONNREFUSED)
		must(-1, "connect");
	else if (o->call != 'c')
		send_once(o, fd);
	if (o->where == LIVE && o->call != 'n')
		close(accept(listener, NULL, NULL));
	close(fd);
}

int main(int argc, char **argv)
{
	int chosen = 0;

	while (argc == 3 && chosen < OPERATIONS && strcmp(argv[1], operations[chosen].name) != 0)
		chosen++;
	if (argc != 3 || chosen == OPERATIONS) {
		fprintf(stderr, "usage: cost_calls OPERATION COUNT\n");
		return 2;
	}
	prepare(&operations[chosen]);
	for (int i = atoi(argv[2]); i > 0; i--)
		perform(&operations[chosen]);
	return 0;
}
