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

/* The same for a call whose result the guard needs to detect a self-connection. */
static long answer_about_self(const char *name)
{
	const long r = model_answer(name);
	if (r < 0)
		model.blind = true;
	return r;
}

/* The guard must act on what the kernel has shown. */
static void shown(enum state state)
{
	if (model.state == state)
		model.looked = true;
}

static long getsockname_(void *address, socklen_t *length)
{
	const long r = answer_about_self("getsockname");
	if (r < 0)
		return r;
	shown(ELSEWHERE);
	enum host host = model.state == ELSEWHERE || model.state == COMING ? ANOTHER : OWN;
	if (model.state == CLOSED && model_bound() == NOT && model_protocol() != MPTCP)
		host = ANY;
	const bool own = model.state == CLOSED && model.bound == PORT;
	*length = model_name(address, host, own ? MODEL_PORT : model.port);
	return 0;
}

static long getpeername_(void *address, socklen_t *length)
{
	const long r = answer_about_self("getpeername");
	if (r < 0)
		return r;
	shown(ELSEWHERE);
	if (model.state != SELF && model.state != REAL && model.state != ELSEWHERE)
		return model_told("", -ENOTCONN);
	*length = model_name(address, model.state == ELSEWHERE ? ANOTHER : OWN, MODEL_PORT);
	return 0;
}

static void check_disconnect(void)
{
	switch (model.state) {
	case SELF:
	case SELF_COMING:
		if (model.protocol == UDP)
			flaw("a UDP socket is disconnected");
		if (model.last == -EISCONN)
			flaw("a connection is disconnected that the call did not make");
		return;
	case REAL:
		if (!model.info_refused)
			flaw("a connection to another socket is disconnected");
		return;
	default:
		if (!model.changed || model.looked)
			flaw("a socket is disconnected that had not reached itself");
	}
}

static long connect_(const void *address)
{
	if (((const struct sockaddr *)address)->sa_family != AF_UNSPEC)
		flaw("connect() with an address, past the program's own call");
	const long r = model_answer("connect to AF_UNSPEC");
	model.met = true;
	model.stuck |= r < 0;
	if (r < 0)
		return r;
	check_disconnect();
	if (model.protocol == MPTCP)
		model.range.value = model.range_dialled;
	model.state = CLOSED;
	model.so_error = true;
	return 0;
}

static long bind_(const void *address, socklen_t length)
{
	uint8_t any[sizeof(struct sockaddr_storage)];
	const bool to_any = length == model_name(any, ANY, 0) && !memcmp(any, address, length);

	long r = model_answer("bind");
	if (r == -EPERM && choose(2))
		r = model_told("but", -EACCES);
	if (r < 0)
		return r;
	if (model.state != CLOSED || model_bound() == PORT) {
		model.told_pinned |= !model.changed;
		return model_told("", -EINVAL);
	}
	if (!model.no_port.value && !model.changed)
		flaw("bind() takes a port that the program did not choose");
	model.port = 0;
	model.bound = to_any ? NOT : ADDRESS;
	return 0;
}

static struct option *option_of(int level, int name, long *r)
{
	static const int ranges[] = {(int)(MODEL_PORT | (unsigned)MODEL_PORT << 16),
				     (int)(40000 | 60000U << 16)};
	static const int switches[] = {0, 1};

	if (level == IPPROTO_IP && name == BIND_NO_PORT) {
		model_option(&model.no_port, switches, 2);
		return &model.no_port;
	}
	if (level != IPPROTO_IP || name != LOCAL_PORT_RANGE)
		flaw("an option that the model does not know");
	if (model.has_range == OPEN && !model.changed)
		model.has_range = choose(2) ? YES : NO;
	if (model.has_range == NO)
		*r = model_told("", -ENOPROTOOPT);
	else
		model_option(&model.range, ranges, 2);
	return &model.range;
}

static long get_option(int level, int name, int *value)
{
	if (level == SOL_SOCKET && name == SO_PROTOCOL) {
		/* An SMC socket falls back to TCP. */
		const int tcp = model.is_send ? PROTOCOL_SMC : IPPROTO_TCP;
		const int numbers[] = {0, tcp, PROTOCOL_MPTCP, IPPROTO_UDP};
		const long r = answer_about_self("get SO_PROTOCOL");
		if (r == 0)
			*value = numbers[model_protocol()];
		return r;
	}
	long r = model_answer(level == SOL_SOCKET    ? "get SO_ERROR"
			      : name == BIND_NO_PORT ? "get NO_PORT"
						     : "get PORT_RANGE");
	if (level == SOL_SOCKET && name == SO_ERROR) {
		if (!model.so_error && !model.changed)
			flaw("SO_ERROR is asked for again");
		model.so_error &= r < 0;
		model.so_error_refused += r < 0 && model.so_error_refused < ATTEMPTS_TO_RESTORE;
		return r;
	}
	if (r < 0)
		return r;
	*value = option_of(level, name, &r)->value;
	model.told_range |= r == 0 && name == LOCAL_PORT_RANGE;
	return r;
}

static long set_option(int level, int name, int value)
{
	long r = model_answer(name == BIND_NO_PORT ? "set NO_PORT" : "set PORT_RANGE");
	struct option *option = name == BIND_NO_PORT ? &model.no_port : &model.range;
	option->refused +=
		r < 0 && option->value != option->own && option->refused < ATTEMPTS_TO_RESTORE;
	if (r < 0)
		return r;
	option_of(level, name, &r);
	option->refused = 0;
	option->value = model.changed ? 0 : value;
	describe("  is now %#x\n", (unsigned)value);
	return r;
}

static long nonblocking(void)
{
	const long r = model_answer("fcntl F_GETFL");
	if (r < 0)
		return r;
	return model.nonblocking == YES ? O_NONBLOCK : 0;
}

static long get_info(struct tcpinfo *info)
{
	static const uint8_t tcp_states[] = {7, 1, 2, 1, 2, 1, 10};
	if (info->bytes_sent != UINT64_MAX)
		flaw("TCP_INFO that the kernel leaves out is not as unknown");
	long r = model_answer("get TCP_INFO");
	model.info_refused |= r < 0 && model.state == REAL;
	if (r < 0)
		return r;
	/* For MPTCP since Linux 5.16. */
	if (model_protocol() == UDP || (model_protocol() == MPTCP && choose(2))) {
		model.info_refused |= model.state == REAL;
		return model_told("", -EOPNOTSUPP);
	}
	shown(ELSEWHERE);
	shown(LISTENING);
	info->state = tcp_states[model.state];
	info->segs_in = model.state == ELSEWHERE || model.state == REAL ? 1 : 3;
	return 0;
}

/* The modelled system calls; the arguments as in raw_syscall(). */
APART static long call(long number, long b, long c, long d)
{
	const bool is_option = number == SYS_getsockopt || number == SYS_setsockopt;
	socklen_t *length = (socklen_t *)c;

	if (!is_option || b != SOL_SOCKET || c != SO_ERROR)
		model_check_left_error();
	if (is_option && b == IPPROTO_IP && c == LOCAL_PORT_RANGE)
		model_check_lent();
	switch (number) {
	case SYS_getsockname:
		return getsockname_((void *)b, length);
	case SYS_getpeername:
		return getpeername_((void *)b, length);
	case SYS_connect:
		return connect_((const void *)b);
	case SYS_bind:
		return bind_((const void *)b, (socklen_t)c);
	case SYS_getsockopt:
		return c == TCP_INFO && b == IPPROTO_TCP ? get_info((void *)d)
							 : get_option((int)b, (int)c, (int *)d);
	case SYS_setsockopt:
		return set_option((int)b, (int)c, *(const int *)d);
	case SYS_fcntl:
		return nonblocking();
	case SYS_getpid:
	case SYS_prctl:
		return 1;
	default:
		flaw("a call that the model does not know");
	}
}

long raw_syscall(long number, long a, long b, long c, long d, long e)
{
	if (a != MODEL_FD && number != SYS_getpid && number != SYS_prctl)
		flaw("a call with another descriptor");
	return search_forget(call(number, b, c, d));
}
