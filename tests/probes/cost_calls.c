/* SPDX-License-Identifier: MIT */
/* Does one operation COUNT times; two runs with different counts show the cost of one.
 *     cost_calls OPERATION COUNT     OPERATION: one of the table below */
#include "net.h"

enum { ANY = 0, DEAD = 700, LIVE = -1 /* the listener's */ };

static const struct operation {
	const char *name;
	char call; /* that of dial_by(), or b for bind(), n for getsockname() */
	int type;
	const char *address; /* or NULL for a UNIX socket */
	int port;
} operations[] = {
	{"tcp-connect", 'c', SOCK_STREAM, "127.0.0.1", LIVE},
	{"tcp-connect-nonblocking", 'c', SOCK_STREAM | SOCK_NONBLOCK, "127.0.0.1", LIVE},
	{"tcp-refused", 'c', SOCK_STREAM, "127.0.0.1", DEAD},
	{"udp-connect", 'c', SOCK_DGRAM, "127.0.0.1", DEAD},
	{"unix-connect", 'c', SOCK_DGRAM, NULL, LIVE},
	{"fast-open-sendto", 's', SOCK_STREAM, "127.0.0.1", LIVE},
	{"fast-open-sendmsg", 'g', SOCK_STREAM, "127.0.0.1", LIVE},
	{"fast-open-sendmmsg", 'G', SOCK_STREAM, "127.0.0.1", LIVE},
	{"sendto", 's', SOCK_DGRAM, "127.0.0.1", DEAD},
	{"sendmsg", 'g', SOCK_DGRAM, "127.0.0.1", DEAD},
	{"sendmmsg", 'G', SOCK_DGRAM, "127.0.0.1", DEAD},
	{"bind-named", 'b', SOCK_STREAM, "127.0.0.1", DEAD},
	{"bind-ip", 'b', SOCK_STREAM, "127.0.0.1", ANY},
	{"bind-wildcard", 'b', SOCK_STREAM, "0.0.0.0", ANY},
	{"bind-wildcard6", 'b', SOCK_STREAM, "::", ANY},
	{"bind-udp", 'b', SOCK_DGRAM, "127.0.0.1", ANY},
	{"bind-unix", 'b', SOCK_DGRAM, NULL, ANY},
	{"getsockname", 'n', SOCK_STREAM, "127.0.0.1", LIVE},
	{NULL, 0, 0, NULL, 0},
};

static struct name to;
static int listener;

/* An abstract name, which a socket gets, or an empty one, for which the kernel makes up a name. */
static void use_unix(int port)
{
	to.any = (struct sockaddr){AF_UNIX, "\0noself"};
	to.length = port == ANY ? sizeof(sa_family_t) : sizeof(to.any);
	if (port != ANY)
		must(bind(new_socket(AF_UNIX, SOCK_DGRAM, 0), &to.any, to.length), "bind");
}

static long call_once(const struct operation *o, int fd)
{
	if (o->call == 'b')
		return bind(fd, &to.any, to.length);
	if (o->call == 'n')
		return own_port(listener);
	return dial_by(o->call, fd, &to, o->type == SOCK_STREAM ? MSG_FASTOPEN : 0);
}

static void perform(const struct operation *o)
{
	const int fd = new_socket(to.any.sa_family, o->type, 0);

	if (call_once(o, fd) < 0 && errno != EINPROGRESS && errno != ECONNREFUSED)
		must(-1, o->name);
	if (o->port == LIVE && o->address && o->call != 'n')
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
