/* SPDX-License-Identifier: MIT */
/* A sequence in readable form, near to the C that would do the same. */
#include <netinet/in.h>
#include <stdio.h>

#include "plan.h"

static const char *const kinds[] = {
	[TCP4] = "AF_INET, SOCK_STREAM, IPPROTO_TCP",
	[TCP6] = "AF_INET6, SOCK_STREAM, IPPROTO_TCP",
	[MPTCP4] = "AF_INET, SOCK_STREAM, IPPROTO_MPTCP",
	[MPTCP6] = "AF_INET6, SOCK_STREAM, IPPROTO_MPTCP",
	[UDP4] = "AF_INET, SOCK_DGRAM, IPPROTO_UDP",
	[UDP6] = "AF_INET6, SOCK_DGRAM, IPPROTO_UDP",
	[UNIX_STREAM] = "AF_UNIX, SOCK_STREAM, 0",
};

static const char *const presets[] = {
	[NONBLOCKING] = "O_NONBLOCK",
	[OWN_HINT] = "IP_BIND_ADDRESS_NO_PORT",
	[OWN_RANGE] = "IP_LOCAL_PORT_RANGE with free ports",
	[FULL_RANGE] = "IP_LOCAL_PORT_RANGE of one port, which is taken",
	[REUSE] = "SO_REUSEADDR",
	[FASTOPEN] = "TCP_FASTOPEN_CONNECT",
	[V6ONLY] = "IPV6_V6ONLY",
	[FREEBIND] = "IP_FREEBIND",
};

static const char *const calls[] = {
	[CONNECT] = "connect", [BIND] = "bind",       [GETSOCKNAME] = "getsockname",
	[SENDTO] = "sendto",   [SENDMSG] = "sendmsg", [SENDMMSG] = "sendmmsg",
	[LISTEN] = "listen",
};

static const char *const descriptors[] = {
	[OWN] = "fd",      [DUPLICATE] = "dup(fd)", [CLOSED] = "(closed)",
	[NEGATIVE] = "-1", [A_FILE] = "(a file)",   [A_PIPE] = "(a pipe)",
};

static const char *const ports[] = {
	[ZERO] = "0",    [NAMED] = "named", [LIVE] = "live", [LIVE_MPTCP] = "live MPTCP",
	[DEAD] = "dead",
};

static const char *const places[] = {
	[ON_STACK] = "stack",
	[ON_HEAP] = "heap",
	[STATIC] = "static",
	[OTHER_STACK] = "another thread's stack",
	[AT_PAGE_END] = "page end after",
	[READ_ONLY] = "read-only",
	[NULL_POINTER] = "NULL",
	[UNMAPPED] = "unmapped",
};

static void print_where(const char *what, struct where where)
{
	printf("%s: %s", what, places[where.place]);
	if (where.place == AT_PAGE_END)
		printf(" %u", where.have);
	else if (where.have)
		printf(" + %u", where.have);
}

static void print_address(const struct address *to)
{
	if (to->family == AF_INET || to->family == AF_INET6)
		printf("%s port %s", host_names[to->host][to->family == AF_INET6], ports[to->port]);
	else if (to->family == AF_UNIX)
		printf("unix name %d", (int)to->host % 5);
	else
		printf("family %d: %s port %s", to->family, host_names[to->host][0],
		       ports[to->port]);
	if (to->family == AF_INET6 && to->scope)
		printf(" scope %u", to->scope);
	printf(", length %d (", (int)to->length);
	print_where("address", to->where);
	putchar(')');
}

static void print_send(const struct step *s)
{
	printf(", flags %#x, %u bytes (", (unsigned)s->flags, s->size);
	print_where("data", s->data);
	if (s->call == SENDMSG) {
		printf(", ");
		print_where("msghdr", s->message);
	}
	putchar(')');
	if (s->call == SENDMMSG)
		printf(", %d messages of which %u are there", (int)s->count, s->have_messages);
}

void plan_print_socket(const struct plan *plan)
{
	printf("  socket(%s)\n", kinds[plan->kind]);
	for (unsigned i = 0; i < PRESETS; i++)
		if (plan->presets & 1U << i)
			printf("  with %s\n", presets[i]);
}

void plan_print_step(const struct step *s)
{
	printf("  %s(%s, ", calls[s->call], descriptors[s->descriptor]);
	if (s->call == LISTEN) {
		printf("%d", s->backlog);
	} else if (s->call == GETSOCKNAME) {
		print_where("name", s->name);
		printf(", length %d (", (int)s->room);
		print_where("word", s->length);
		putchar(')');
	} else {
		print_address(&s->to);
		if (s->call != CONNECT && s->call != BIND)
			print_send(s);
	}
	puts(")");
}
