/* SPDX-License-Identifier: MIT */
/* bind() and getsockname() with every result of the kernel, in every order: see search.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/syscall.h>

#include "core/endpoint.h"
#include "core/raw_syscall.h"
#include "preload/load.h"
#include "search.h"

enum {
	FD = 5,
	FREE_PORT = 50000,
	UNTOUCHED = ENOTUNIQ,
	CALLS = 3,
	RESTORES = 4,
	BIND_NO_PORT = 24
};

/* A model of one socket instead of the kernel. */
SEARCH_STATE static struct {
	int protocol;
	sa_family_t family;
	struct endpoint name;
	int no_port, own_no_port; /* IP_BIND_ADDRESS_NO_PORT: now, and the program's */
	int not_restored;         /* how often in a row the kernel refused to clear it */

	/* The program's latest call. */
	bool refused;   /* the kernel refused a call of the library */
	bool exhausted; /* it had no free port */
	bool passed_on;
	long result; /* of the program's call, once it is passed on */
} sock;
SEARCH_STATE static struct load loaded;

const struct load *load_get(struct load *early)
{
	return &loaded;
}

static bool defers_ports(void)
{
	const struct settings *settings = &loaded.context.settings;
	return settings->bind_no_port && settings->mode < MODE_OBSERVE &&
	       sock.protocol != IPPROTO_UDP;
}

/* The wildcard or the socket's own host. */
static struct endpoint at(bool own, uint16_t port)
{
	struct endpoint end = {.family = sock.family, .port = port};
	end.address[sock.family == AF_INET ? 3 : 15] = own;
	return end;
}

static bool is_bound(void)
{
	return sock.name.port || !endpoint_is_wildcard(&sock.name);
}

static bool is_readable(const void *address)
{
	return (uintptr_t)address >= 4096;
}

static long bind_(const void *address, socklen_t length)
{
	if (!is_readable(address))
		return -EFAULT;
	if (sock.name.port)
		return -EINVAL;
	sock.name = endpoint_of(address, length);
	if (sock.name.port || sock.no_port)
		return 0;
	sock.name.port = FREE_PORT;
	if (!choose(2))
		return 0;
	sock.name = at(false, 0);
	sock.exhausted = true;
	return -EADDRINUSE;
}

/* The library's bind() only allocates a port that it has deferred. */
static long allocate(const void *address, socklen_t length)
{
	const struct endpoint to = endpoint_of(address, length), deferred = at(true, 0);

	if (!endpoint_same(&to, &deferred) || (!is_bound() && !sock.exhausted))
		flaw("another address is bound than the program bound");
	if (choose(2)) {
		describe("  (another thread has just done so)\n");
		sock.name = at(true, FREE_PORT);
	}
	return bind_(address, length);
}

static long set_no_port(const void *value)
{
	if (sock.own_no_port || !defers_ports())
		flaw("an option is set though no port is deferred");
	if (!is_readable(value))
		return -EFAULT;
	memcpy(&sock.no_port, value, sizeof(int));
	sock.no_port = sock.no_port != 0;
	sock.not_restored = 0;
	return 0;
}

/* A system call of the library. */
__attribute__((noinline)) static long call(long number, long b, long c, long d)
{
	if (choose(2)) {
		sock.refused = true;
		sock.not_restored += number == SYS_setsockopt && sock.no_port;
		return -ENOMEM;
	}
	if (number == SYS_bind)
		return allocate((const void *)b, (socklen_t)c);
	if (number == SYS_setsockopt && c == BIND_NO_PORT)
		return set_no_port((const void *)d);
	if (number == SYS_getsockname)
		*(socklen_t *)c = endpoint_name(&sock.name, (union socket_name *)b);
	else if (number == SYS_getsockopt && b == SOL_SOCKET && c == SO_PROTOCOL)
		*(int *)d = sock.protocol;
	else if (number == SYS_getsockopt && b == IPPROTO_IP && c == BIND_NO_PORT)
		*(int *)d = sock.no_port;
	else
		flaw("a call that the model does not know");
	return 0;
}

long raw_syscall(long number, long a, long b, long c, long d, long e)
{
	const long r = call(number, b, c, d);
	describe("  system call %ld (%ld, %ld): %s\n", number, b, c, strerrorname_np((int)-r));
	return search_forget(r);
}

static int pass_on(long result)
{
	describe("  it is passed on: %s\n", strerrorname_np((int)-result));
	sock.passed_on = true;
	sock.result = result;
	errno = result < 0 ? (int)-result : errno;
	return result < 0 ? -1 : 0;
}

static int next_bind(int fd, const struct sockaddr *address, socklen_t length)
{
	return pass_on(bind_(address, length));
}

static int next_getsockname(int fd, struct sockaddr *name, socklen_t *length)
{
	return pass_on(0);
}

static void check_result(int r)
{
	const long expected = sock.passed_on ? sock.result : -EADDRINUSE;

	if (!sock.passed_on && !sock.exhausted)
		flaw("the program's call is not passed on");
	if (r != (expected < 0 ? -1 : 0) || errno != (expected < 0 ? -expected : UNTOUCHED))
		flaw("the program does not get what its call gave");
	if (sock.no_port != sock.own_no_port && sock.not_restored < RESTORES)
		flaw("IP_BIND_ADDRESS_NO_PORT is not given back");
}

static void program_binds(void)
{
	enum { WILDCARD, HOST, HOST_AND_PORT, UNREADABLE, ARGUMENTS };
	const int what = choose(ARGUMENTS);
	const bool again = is_bound(), no_port = what == WILDCARD || what == HOST;
	const struct endpoint to = at(what != WILDCARD, no_port ? 0 : 7);
	union socket_name name;
	const socklen_t length = endpoint_name(&to, &name);

	describe("bind() with argument %d\n", what);
	const int r = bind(FD, what == UNREADABLE ? (void *)1 : &name.any, length);
	check_result(r);
	if (r < 0 || sock.no_port != sock.own_no_port)
		return;
	const bool may_defer = no_port && (sock.own_no_port || (what == HOST && defers_ports()));
	if (!sock.name.port && !may_defer)
		flaw("a port is deferred");
	if (sock.refused || sock.exhausted)
		return;
	if (again && !sock.own_no_port)
		flaw("a bound socket is bound again");
	if (sock.name.port && may_defer)
		flaw("a port is not deferred");
}

static void program_asks(void)
{
	const struct endpoint before = sock.name;

	describe("getsockname()\n");
	/* The library does not touch the program's memory. */
	const int r = getsockname(FD, (void *)1, (void *)1);
	check_result(r);
	if (sock.refused)
		return;
	if (endpoint_is_wildcard(&before) != endpoint_is_wildcard(&sock.name))
		flaw("the address has changed");
	if (r == 0 && is_bound() && !sock.name.port && defers_ports() && !sock.own_no_port)
		flaw("port 0 is shown");
}

static void program(void)
{
	loaded.next.bind = next_bind;
	loaded.next.getsockname = next_getsockname;
	loaded.context.settings.bind_no_port = choose(2);
	loaded.context.settings.mode = choose(2) ? MODE_OBSERVE : MODE_FAIL;
	sock.protocol = choose(2) ? IPPROTO_TCP : IPPROTO_UDP;
	sock.family = choose(2) ? AF_INET : AF_INET6;
	sock.no_port = sock.own_no_port = choose(2);
	sock.name = at(false, 0);
	for (int i = 0; i < CALLS && sock.no_port == sock.own_no_port; i++) {
		sock.passed_on = sock.refused = sock.exhausted = false;
		errno = UNTOUCHED;
		if (choose(2))
			program_binds();
		else
			program_asks();
	}
}

int main(void)
{
	return search("test_bind", program);
}
