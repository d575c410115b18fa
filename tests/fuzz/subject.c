/* SPDX-License-Identifier: MIT */
/* The socket of one twin: its kinds, the options that a sequence sets, and its final state. */
#include "fuzz.h"

#include <fcntl.h>
#include <sys/time.h>

static const struct {
	const char *text;
	int family, type, protocol;
} kinds[] = {
	[TCP4] = {"TCP, IPv4", AF_INET, SOCK_STREAM, 0},
	[TCP6] = {"TCP, IPv6", AF_INET6, SOCK_STREAM, 0},
	[MPTCP4] = {"MPTCP, IPv4", AF_INET, SOCK_STREAM, PROTOCOL_MPTCP},
	[MPTCP6] = {"MPTCP, IPv6", AF_INET6, SOCK_STREAM, PROTOCOL_MPTCP},
	[UDP4] = {"UDP, IPv4", AF_INET, SOCK_DGRAM, 0},
	[UDP6] = {"UDP, IPv6", AF_INET6, SOCK_DGRAM, 0},
	[UNIX_STREAM] = {"UNIX", AF_UNIX, SOCK_STREAM, 0},
};

static const struct {
	const char *text;
	int level, name, value;
} presets[PRESETS] = {
	[NONBLOCKING] = {"O_NONBLOCK"},
	[NO_PORT] = {"IP_BIND_ADDRESS_NO_PORT", IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1},
	[RANGE] = {"IP_LOCAL_PORT_RANGE with free ports", IPPROTO_IP, LOCAL_PORT_RANGE,
		   0xc010 | 0xc0c0 << 16},
	[FULL_RANGE] = {"IP_LOCAL_PORT_RANGE of one port, which is taken", IPPROTO_IP,
			LOCAL_PORT_RANGE, (int)(TAKEN | (unsigned)TAKEN << 16)},
	[REUSE] = {"SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR, 1},
	[FASTOPEN] = {"TCP_FASTOPEN_CONNECT", IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1},
	[V6ONLY] = {"IPV6_V6ONLY", IPPROTO_IPV6, IPV6_V6ONLY, 1},
	[FREEBIND] = {"IP_FREEBIND", IPPROTO_IP, IP_FREEBIND, 1},
};

static const struct {
	const char *text;
	int level, name;
} states[STATES] = {
	{"no_port", IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT},
	{"range", IPPROTO_IP, LOCAL_PORT_RANGE},
	{"SO_ERROR", SOL_SOCKET, SO_ERROR},
	{"reuse", SOL_SOCKET, SO_REUSEADDR},
	{"listening", SOL_SOCKET, SO_ACCEPTCONN},
	{"flags", -1},
};

sa_family_t subject_family(const struct plan *plan)
{
	return (sa_family_t)kinds[plan->kind].family;
}

int subject_open(const struct plan *plan)
{
	/* A call that waits ends after a while: it may be a difference, and the run must go on. */
	static const struct timeval patience = {.tv_sec = PATIENCE / 1000};
	const int flags = SOCK_CLOEXEC | (plan_has(plan, NONBLOCKING) ? SOCK_NONBLOCK : 0);
	const int fd = new_socket(kinds[plan->kind].family, kinds[plan->kind].type | flags,
				  kinds[plan->kind].protocol);

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	/* Ignore errors: not every kind of socket has every option. */
	for (unsigned i = NONBLOCKING + 1; i < PRESETS; i++)
		if (plan_has(plan, i))
			setsockopt(fd, presets[i].level, presets[i].name, &presets[i].value,
				   sizeof(int));
	return fd;
}

void subject_print(const struct plan *plan)
{
	printf("  socket(%s)\n", kinds[plan->kind].text);
	for (unsigned i = 0; i < PRESETS; i++)
		if (plan_has(plan, i))
			printf("  with %s\n", presets[i].text);
}

void subject_mask(unsigned char *name)
{
	sa_family_t family;

	memcpy(&family, name, sizeof(family));
	if (name[2] == EPHEMERAL >> 8 || name[2] == NAMED >> 8)
		name[3] = 0xee;
	for (int i = 3; family == AF_UNIX && !name[2] && i < 8; i++)
		name[i] = name[i] ? 'x' : 0;
}

static int option(int fd, int level, int name)
{
	int value = 0;
	socklen_t length = sizeof(value);
	return getsockopt(fd, level, name, &value, &length) < 0 ? -errno : value;
}

void subject_end(int fd, struct end_state *end)
{
	socklen_t length = sizeof(end->peer);

	for (int i = 0; i < STATES; i++)
		end->state[i] = states[i].level < 0 ? fcntl(fd, F_GETFL)
						    : option(fd, states[i].level, states[i].name);
	getpeername(fd, (struct sockaddr *)end->peer, &length);
	subject_mask(end->peer);
}

void subject_print_bytes(const char *what, const unsigned char *bytes, size_t size)
{
	while (size > 0 && !bytes[size - 1])
		size--;
	printf(", %s", what);
	for (size_t i = 0; i < size; i++)
		printf("%s%02x", i % 4 ? "" : " ", bytes[i]);
}

void subject_print_end(const struct end_state *end)
{
	for (int i = 0; i < STATES; i++)
		printf("%s%s %d", i ? ", " : "", states[i].text, end->state[i]);
	printf("\n    %-11s getsockname %ld", "", end->name_result);
	subject_print_bytes("name", end->name, sizeof(end->name));
	subject_print_bytes("peer", end->peer, sizeof(end->peer));
	putchar('\n');
}
