/* SPDX-License-Identifier: MIT */
/* bind() and getsockname() with every result of the kernel, in every order: see search.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include "core/endpoint.h"
#include "model_socket.h"
#include "preload/load.h"
#include "search.h"

enum { UNTOUCHED = ENOTUNIQ, CALLS = 3 };

/* The program's latest call. */
SEARCH_STATE static bool exhausted; /* there was no free port */
SEARCH_STATE static bool passed_on;
SEARCH_STATE static long passed_result;
SEARCH_STATE static struct load loaded;

const struct load *load_get(struct load *early)
{
	return &loaded;
}

static bool defers_ports(void)
{
	const struct settings *settings = &loaded.context.settings;
	return settings->bind_no_port && settings->mode < MODE_OBSERVE && model.protocol != UDP;
}

static long bind_(const void *address, socklen_t length)
{
	if (!model_can_read(address))
		return -EFAULT;
	if (model.bound == PORT)
		return -EINVAL;
	const struct endpoint to = endpoint_of(address, length);
	model.bound = to.port || !model.no_port.value ? PORT
		      : endpoint_is_wildcard(&to)     ? NOT
						      : ADDRESS;
	if (to.port || model.no_port.value || !choose(2))
		return 0;
	model.bound = NOT;
	exhausted = true;
	return -EADDRINUSE;
}

/* The library's bind() only allocates a port that it has deferred. */
static long allocate(const void *address, socklen_t length)
{
	union socket_name name;
	const struct endpoint deferred = endpoint_of(&name, model_name(&name, OWN, 0));
	const struct endpoint to = endpoint_of(address, length);

	if (!endpoint_same(&to, &deferred) || (model.bound == NOT && !exhausted))
		flaw("another address is bound than the program bound");
	if (choose(2)) {
		describe("  (another thread has just done so)\n");
		model.bound = PORT;
	}
	return bind_(address, length);
}

static int pass_on(long result)
{
	describe("  it is passed on: %s\n", strerrorname_np((int)-result));
	passed_on = true;
	passed_result = result;
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
	const long expected = passed_on ? passed_result : -EADDRINUSE;

	if (!passed_on && !exhausted)
		flaw("the program's call is not passed on");
	if (r != (expected < 0 ? -1 : 0) || errno != (expected < 0 ? -expected : UNTOUCHED))
		flaw("the program does not get what its call gave");
	if (model.no_port.value != model.no_port.own && model.no_port.refused < ATTEMPTS_TO_RESTORE)
		flaw("IP_BIND_ADDRESS_NO_PORT is not given back");
}

static void program_binds(void)
{
	enum { WILDCARD, HOST, HOST_AND_PORT, UNREADABLE, ARGUMENTS };
	const int what = choose(ARGUMENTS);
	const bool again = model.bound != NOT, no_port = what == WILDCARD || what == HOST;
	union socket_name name;
	const socklen_t length = model_name(&name, what == WILDCARD ? ANY : OWN, no_port ? 0 : 7);

	describe("bind() with argument %d\n", what);
	const int r = bind(MODEL_FD, what == UNREADABLE ? (void *)1 : &name.any, length);
	check_result(r);
	if (r < 0 || model.no_port.value != model.no_port.own)
		return;
	const bool may_defer = no_port && (model.no_port.own || (what == HOST && defers_ports()));
	if (model.bound != PORT && !may_defer)
		flaw("a port is deferred");
	if (model.refused || exhausted)
		return;
	if (again && !model.no_port.own)
		flaw("a bound socket is bound again");
	if (model.bound == PORT && may_defer)
		flaw("a port is not deferred");
}

static void program_asks(void)
{
	const enum bound before = model.bound;

	describe("getsockname()\n");
	/* The library does not touch the program's memory. */
	const int r = getsockname(MODEL_FD, (void *)1, (void *)1);
	check_result(r);
	if (model.refused)
		return;
	if ((before == NOT) != (model.bound == NOT))
		flaw("the address has changed");
	if (r == 0 && model.bound == ADDRESS && defers_ports() && !model.no_port.own)
		flaw("port 0 is shown");
}

static void program(void)
{
	loaded.next.bind = next_bind;
	loaded.next.getsockname = next_getsockname;
	loaded.context.settings.bind_no_port = choose(2);
	loaded.context.settings.mode = choose(2) ? MODE_OBSERVE : MODE_FAIL;
	model.bind = allocate;
	model.protocol = choose(2) ? TCP : UDP;
	model.to = choose(2) ? TO_IPV4 : TO_IPV6;
	model.bound = NOT;
	model.no_port.chosen = YES;
	model.no_port.value = model.no_port.own = choose(2);
	for (int i = 0; i < CALLS && model.no_port.value == model.no_port.own; i++) {
		passed_on = model.refused = exhausted = false;
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
