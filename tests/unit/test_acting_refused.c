/* SPDX-License-Identifier: MIT */
/* The parts that ask the kernel, called directly: with calls refused, and on odd sockets. */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "acting.h"
#include "core/sys.h"

static void *without_setsockopt(void *unused)
{
	struct endpoint local;
	const int due = put_off(&local), pinned = tcp_socket();
	struct sockaddr_in at = loopback;

	tcpsock_set_bind_no_port(pinned, true);
	CHECK(bind(pinned, LOOPBACK) == 0);
	tcpsock_set_bind_no_port(pinned, false);
	at.sin_port = htons(9); /* nobody listens there; the port stays as it was chosen */
	connect(pinned, (struct sockaddr *)&at, sizeof(at));
	refuse(SYS_setsockopt);
	CHECK(tcpsock_is_pinned(pinned) == -EPERM);
	/* Without the hint a bind() takes the port at once, as it does bare. */
	const int at_once = tcp_socket();
	CHECK(bind(at_once, LOOPBACK) == 0);
	CHECK(tcpsock_local(at_once, &local) == 0 && local.port != 0);
	close(due);
	close(pinned);
	close(at_once);
	return unused;
}

static void *without_getsockopt(void *unused)
{
	struct endpoint local;
	const int fd = put_off(&local), with_port = put_off(&local);

	CHECK(tcpsock_allocate_port(with_port, &local) == 0);
	refuse(SYS_getsockopt);
	CHECK(tcpsock_is_pinned(with_port) == -EPERM);
	CHECK(tcpsock_bind_no_port(fd) == -EPERM && !tcpsock_port_is_deferred(fd, &local));
	CHECK(!tcpsock_is_tcp(fd));
	/* What dissolving leaves behind cannot be taken out; the connection is gone all the same.
	 */
	CHECK(tcpsock_disconnect(fd) == 0);
	close(fd);
	close(with_port);
	return unused;
}

static void *without_bind(void *unused)
{
	struct endpoint local;
	const int fd = put_off(&local);
	struct sockaddr_in name;
	socklen_t length = sizeof(name);

	refuse(SYS_bind);
	CHECK(tcpsock_allocate_port(fd, &local) == -EPERM);
	CHECK(getsockname(fd, (struct sockaddr *)&name, &length) == 0 && name.sin_port == 0);
	refuse(SYS_setsockopt);
	CHECK(tcpsock_allocate_port(fd, &local) == -EPERM);
	close(fd);
	return unused;
}

static void *under_another_group(void *unused)
{
	/* The thread's alone, for it is not libc that is asked. */
	if (geteuid() == 0 && syscall(SYS_setresgid, -1, 65534, -1) == 0)
		CHECK(sys_ids_differ());
	return unused;
}

static void *under_another_user(void *unused)
{
	if (geteuid() == 0 && syscall(SYS_setresuid, -1, 65534, -1) == 0)
		CHECK(sys_ids_differ());
	return unused;
}

/* The hint is the program's own: it is there afterwards, too. */
static void test_own_hint(void)
{
	const int fd = tcp_socket();
	struct sockaddr_in nobody = loopback;

	tcpsock_set_bind_no_port(fd, true);
	CHECK(bind(fd, LOOPBACK) == 0);
	nobody.sin_port = htons(9);
	CHECK(connect(fd, (struct sockaddr *)&nobody, sizeof(nobody)) < 0);
	CHECK(tcpsock_is_pinned(fd) == 0 && tcpsock_bind_no_port(fd) == 1);
	close(fd);
}

static void test_sockets(void)
{
	struct endpoint local;
	const int unbound = tcp_socket(), local_socket = socket(AF_UNIX, SOCK_STREAM, 0);

	CHECK(tcpsock_is_pinned(-1) == -EBADF && tcpsock_is_pinned(unbound) == 0);
	CHECK(tcpsock_is_pinned(local_socket) == 0);
	CHECK(tcpsock_set_bind_no_port_for(unbound, AF_INET, &loopback, 7) == -EINVAL);
	CHECK(tcpsock_set_bind_no_port_for(unbound, AF_INET6, &loopback, 16) == -EINVAL);
	CHECK(tcpsock_disconnect(-1) == -EBADF);
	const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
	CHECK(connect(unbound, &nobody, sizeof(nobody.sa_family)) == 0);
	CHECK(sys_close_range(5000, 5001) == 0);
	CHECK(tcpsock_is_closed(unbound) && !tcpsock_is_closed(local_socket));

	const int fd = put_off(&local);
	/* Two who look at once: the second finds the port there. */
	CHECK(tcpsock_allocate_port(fd, &local) == 0 && tcpsock_allocate_port(fd, &local) == 0);
	CHECK(!tcpsock_port_is_deferred(unbound, &(struct endpoint){.family = AF_UNSPEC}));
	CHECK(!tcpsock_port_is_deferred(unbound, &(struct endpoint){.family = AF_INET}));
	local.port = 1;
	CHECK(!tcpsock_port_is_deferred(fd, &local));
	/* A second bind() fails, whether or not somebody has looked before. */
	const int bound = put_off(&local);
	CHECK(bind(bound, LOOPBACK) == -1 && errno == EINVAL);
	close(bound);
	close(fd);
	close(unbound);
	close(local_socket);
}

int main(void)
{
	test_sockets();
	test_own_hint();
	in_a_thread(without_setsockopt, NULL);
	in_a_thread(without_getsockopt, NULL);
	in_a_thread(without_bind, NULL);
	in_a_thread(under_another_group, NULL);
	in_a_thread(under_another_user, NULL);
	return verdict_of_unit();
}
