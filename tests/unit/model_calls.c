/* SPDX-License-Identifier: MIT */
/* raw_syscall() on the model of a socket instead of the kernel. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/syscall.h>

#include "core/raw_syscall.h"
#include "core/tcpinfo.h"
#include "model_socket.h"
#include "search.h"

enum { PROTOCOL_SMC = 256, PROTOCOL_MPTCP = 262, BIND_NO_PORT = 24, LOCAL_PORT_RANGE = 51 };

static long getsockname_(long name, long length, long unused)
{
	enum host host = model.state == ELSEWHERE || model.state == COMING ? ANOTHER : OWN;

	model.looked |= model.state == ELSEWHERE;
	if (model.state == CLOSED && model_bound() == NOT && model_protocol() != MPTCP)
		host = ANY;
	const bool own = model.state == CLOSED && model.bound == PORT;
	*(socklen_t *)length = model_name((void *)name, host, own ? MODEL_PORT : model.port);
	return 0;
}

static long getpeername_(long name, long length, long unused)
{
	const enum host host = model.state == ELSEWHERE ? ANOTHER : OWN;

	model.looked |= model.state == ELSEWHERE;
	if (model.state != SELF && model.state != REAL && model.state != ELSEWHERE)
		return model_told("", -ENOTCONN);
	*(socklen_t *)length = model_name((void *)name, host, MODEL_PORT);
	return 0;
}

static void check_disconnect(void)
{
	const bool is_self = model.state == SELF || model.state == SELF_COMING;

	if (is_self && model.protocol == UDP)
		flaw("a UDP socket is disconnected");
	if (is_self && model.last == -EISCONN)
		flaw("a connection is disconnected that the call did not make");
	if (model.state == REAL && !model.info_refused)
		flaw("a connection to another socket is disconnected");
	if (!is_self && model.state != REAL && (!model.changed || model.looked))
		flaw("a socket is disconnected that had not reached itself");
}

static long connect_(long address, long length, long unused)
{
	if (((const struct sockaddr *)address)->sa_family != AF_UNSPEC)
		flaw("connect() with an address, past the program's own call");
	check_disconnect();
	if (model.protocol == MPTCP)
		model.range.value = model.range_dialled;
	model.state = CLOSED;
	model.met = model.so_error = true;
	return 0;
}

static long bind_(long address, long length, long unused)
{
	uint8_t any[sizeof(struct sockaddr_storage)];
	const socklen_t any_length = model_name(any, ANY, 0);

	if (model.bind)
		return model.bind((void *)address, (socklen_t)length);
	if (model.state != CLOSED || model_bound() == PORT) {
		model.told_pinned |= !model.changed;
		return model_told("", -EINVAL);
	}
	if (!model.no_port.value && !model.changed)
		flaw("bind() takes a port that the program did not choose");
	model.port = 0;
	model.bound =
		length == any_length && !memcmp(any, (void *)address, any_length) ? NOT : ADDRESS;
	return 0;
}

static long get_flags(long command, long unused, long unused_too)
{
	return model.nonblocking == YES ? O_NONBLOCK : 0;
}

static long get_protocol(long level, long name, long value)
{
	/* An SMC socket falls back to TCP. */
	const int tcp = model.is_send ? PROTOCOL_SMC : IPPROTO_TCP;
	const int numbers[] = {0, tcp, PROTOCOL_MPTCP, IPPROTO_UDP};

	*(int *)value = numbers[model_protocol()];
	return 0;
}

static long get_error(long level, long name, long value)
{
	if (!model.so_error && !model.changed)
		flaw("SO_ERROR is asked for again");
	model.so_error = false;
	return 0;
}

static long get_info(long level, long name, long value)
{
	static const uint8_t tcp_states[] = {7, 1, 2, 1, 2, 1, 10};
	struct tcpinfo *info = (struct tcpinfo *)value;

	if (info->bytes_sent != UINT64_MAX)
		flaw("TCP_INFO that the kernel leaves out is not as unknown");
	/* For MPTCP since Linux 5.16. */
	if (model_protocol() == UDP || (model_protocol() == MPTCP && choose(2))) {
		model.info_refused |= model.state == REAL;
		return model_told("", -EOPNOTSUPP);
	}
	model.looked |= model.state == ELSEWHERE || model.state == LISTENING;
	info->state = tcp_states[model.state];
	info->segs_in = model.state == ELSEWHERE || model.state == REAL ? 1 : 3;
	return 0;
}

/* An option that can be set, as the program had set it; NULL if the kernel does not have it. */
static struct option *option_of(long name)
{
	static const int ranges[] = {(int)(MODEL_PORT | (unsigned)MODEL_PORT << 16),
				     (int)(40000 | 60000U << 16)};
	const bool is_range = name == LOCAL_PORT_RANGE;
	struct option *option = is_range ? &model.range : &model.no_port;

	if (option->chosen == OPEN && !model.changed) {
		option->chosen = is_range && choose(2) ? NO : YES;
		const int value = option->chosen == YES && choose(2);
		option->own = option->value = is_range ? ranges[value] : value;
		describe("  the program had set it to %#x\n", (unsigned)option->own);
	}
	return option->chosen == NO ? NULL : option;
}

static long get_option(long level, long name, long value)
{
	const struct option *option = option_of(name);

	if (!option)
		return model_told("", -ENOPROTOOPT);
	model.told_range |= name == LOCAL_PORT_RANGE;
	*(int *)value = option->value;
	return 0;
}

static long set_option(long level, long name, long value)
{
	struct option *option = option_of(name);

	if (!option)
		return model_told("", -ENOPROTOOPT);
	if (name == BIND_NO_PORT && option->own && !model.changed)
		flaw("an option is set that the program had set");
	if (!model_can_read((void *)value))
		return -EFAULT;
	option->refused = 0;
	option->value = model.changed ? 0 : *(const int *)value;
	describe("  is now %#x\n", (unsigned)option->value);
	return 0;
}

/* The modelled system calls, and what they do; the arguments as in raw_syscall(). */
static const struct modelled {
	const char *text;
	long number, level, name; /* name: of an option, else 0 */
	long (*act)(long b, long c, long d);
} calls[] = {
	{"getsockname", SYS_getsockname, 0, 0, getsockname_},
	{"getpeername", SYS_getpeername, 0, 0, getpeername_},
	{"connect to AF_UNSPEC", SYS_connect, 0, 0, connect_},
	{"bind", SYS_bind, 0, 0, bind_},
	{"fcntl F_GETFL", SYS_fcntl, 0, 0, get_flags},
	{"get SO_PROTOCOL", SYS_getsockopt, SOL_SOCKET, SO_PROTOCOL, get_protocol},
	{"get SO_ERROR", SYS_getsockopt, SOL_SOCKET, SO_ERROR, get_error},
	{"get TCP_INFO", SYS_getsockopt, IPPROTO_TCP, TCP_INFO, get_info},
	{"get NO_PORT", SYS_getsockopt, IPPROTO_IP, BIND_NO_PORT, get_option},
	{"get PORT_RANGE", SYS_getsockopt, IPPROTO_IP, LOCAL_PORT_RANGE, get_option},
	{"set NO_PORT", SYS_setsockopt, IPPROTO_IP, BIND_NO_PORT, set_option},
	{"set PORT_RANGE", SYS_setsockopt, IPPROTO_IP, LOCAL_PORT_RANGE, set_option},
	{NULL},
};

static const struct modelled *find(long number, long level, long name)
{
	for (const struct modelled *m = calls; m->text; m++)
		if (m->number == number && (!m->name || (m->level == level && m->name == name)))
			return m;
	flaw("a call that the model does not know");
}

/* What the checks must know of a refused call. */
static void note_refusal(const struct modelled *refused)
{
	struct option *option = refused->name == BIND_NO_PORT ? &model.no_port : &model.range;

	model.refused = model.bind != NULL;
	if (refused->act == getsockname_ || refused->act == getpeername_ ||
	    refused->act == get_protocol)
		model.blind = true;
	else if (refused->act == connect_)
		model.met = model.stuck = true;
	else if (refused->act == get_info)
		model.info_refused |= model.state == REAL;
	else if (refused->act == get_error)
		model.so_error_refused += model.so_error_refused < ATTEMPTS_TO_RESTORE;
	else if (refused->act == set_option && option->value != option->own)
		option->refused += option->refused < ATTEMPTS_TO_RESTORE;
}

APART static long call(long number, long b, long c, long d)
{
	if (number == SYS_getpid || number == SYS_prctl)
		return 1;
	const struct modelled *called = find(number, b, c);
	if (called->act != get_error)
		model_check_left_error();
	if (called->name == LOCAL_PORT_RANGE)
		model_check_lent();
	long r = model_answer(called->text);
	if (r == -EPERM && number == SYS_bind && choose(2))
		r = model_told("but", -EACCES);
	if (r == 0)
		return called->act(b, c, d);
	note_refusal(called);
	return r;
}

long raw_syscall(long number, long a, long b, long c, long d, long e)
{
	if (a != MODEL_FD && number != SYS_getpid && number != SYS_prctl)
		flaw("a call with another descriptor");
	return search_forget(call(number, b, c, d));
}
