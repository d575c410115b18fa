/* SPDX-License-Identifier: MIT */
/* Does one operation COUNT times; two runs with different counts show the cost of one.
 *     cost_calls OPERATION COUNT     OPERATION: one of the table below */
#include "net.h"

#include <stddef.h>
#include <sys/un.h>

enum call { CONNECT, BIND, GETSOCKNAME, SENDTO, SENDMSG, SENDMMSG };
enum { ANY = 0, DEAD = 700, LIVE = -1 /* the listener's */ };

static const struct operation {
	const char *name;
	enum call call;
	int type;
	const char *address; /* or NULL for a UNIX socket */
	int port;
} operations[] = {
	{"tcp-connect", CONNECT, SOCK_STREAM, "127.0.0.1", LIVE},
	{"tcp-connect-nonblocking", CONNECT, SOCK_STREAM | SOCK_NONBLOCK, "127.0.0.1", LIVE},
	{"tcp-refused", CONNECT, SOCK_STREAM, "127.0.0.1", DEAD},
	{"udp-connect", CONNECT, SOCK_DGRAM, "127.0.0.1", DEAD},
	{"unix-connect", CONNECT, SOCK_DGRAM, NULL, LIVE},
	{"fast-open-sendto", SENDTO, SOCK_STREAM, "127.0.0.1", LIVE},
	{"fast-open-sendmsg", SENDMSG, SOCK_STREAM, "127.0.0.1", LIVE},
	{"fast-open-sendmmsg", SENDMMSG, SOCK_STREAM, "127.0.0.1", LIVE},
	{"sendto", SENDTO, SOCK_DGRAM, "127.0.0.1", DEAD},
	{"sendmsg", SENDMSG, SOCK_DGRAM, "127.0.0.1", DEAD},
	{"sendmmsg", SENDMMSG, SOCK_DGRAM, "127.0.0.1", DEAD},
	{"bind-named", BIND, SOCK_STREAM, "127.0.0.1", DEAD},
	{"bind-ip", BIND, SOCK_STREAM, "127.0.0.1", ANY},
	{"bind-wildcard", BIND, SOCK_STREAM, "0.0.0.0", ANY},
	{"bind-wildcard6", BIND, SOCK_STREAM, "::", ANY},
	{"bind-udp", BIND, SOCK_DGRAM, "127.0.0.1", ANY},
	{"bind-unix", BIND, SOCK_DGRAM, NULL, ANY},
	{"getsockname", GETSOCKNAME, SOCK_STREAM, "127.0.0.1", LIVE},
	{NULL, CONNECT, 0, NULL, 0},
};

static struct sockaddr_un unix_name = {.sun_family = AF_UNIX};
static struct name to;
static const struct sockaddr *address = &to.any;
static int listener;

/* For a UNIX socket the kernel makes up a name. */
static void use_unix(int port)
{
	const int receiver = new_socket(AF_UNIX, SOCK_DGRAM, 0);

	address = (struct sockaddr *)&unix_name;
	to.length = sizeof(sa_family_t);
	if (port == ANY)
		return;
	must(bind(receiver, address, to.length), "bind");
	to.length = sizeof(unix_name);
	must(getsockname(receiver, (struct sockaddr *)&unix_name, &to.length), "getsockname");
}

static long call_once(const struct operation *o, int fd)
{
	const int flags = o->type == SOCK_STREAM ? MSG_FASTOPEN : 0;
	struct iovec part = {"x", 1};
	struct mmsghdr message = {.msg_hdr = {.msg_name = (void *)address,
					      .msg_namelen = to.length,
					      .msg_iov = &part,
					      .msg_iovlen = 1}};

	switch (o->call) {
	case CONNECT:
		return connect(fd, address, to.length);
	case BIND:
		return bind(fd, address, to.length);
	case SENDTO:
		return sendto(fd, "x", 1, flags, address, to.length);
	case SENDMSG:
		return sendmsg(fd, &message.msg_hdr, flags);
	case SENDMMSG:
		return sendmmsg(fd, &message, 1, flags);
	default:
		return own_port(listener);
	}
}

static void perform(const struct operation *o)
{
	const int fd = new_socket(address->sa_family, o->type, 0);

	if (call_once(o, fd) < 0 && errno != EINPROGRESS && errno != ECONNREFUSED)
		must(-1, o->name);
	if (o->port == LIVE && o->address && o->call != GETSOCKNAME)
		close(accept(listener, NULL, NULL));
	close(fd);
}

int main(int argc, char **argv)
{
	const struct operation *o = operations;
	const struct name at = loopback(ANY);

	while (o->name && (argc != 3 || strcmp(argv[1], o->name) != 0))
		o++;
	if (!o->name)
		return 2;
	listener = listen_on(&at, 0);
	if (o->address)
		to = name_of(o->address, o->port == LIVE ? own_port(listener) : o->port);
	else
		use_unix(o->port);
	for (int i = atoi(argv[2]); i > 0; i--)
		perform(o);
	return 0;
}
