/* SPDX-License-Identifier: MIT */
/* Calls the parts that make system calls directly: with refused calls, and on unusual sockets. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/log.h"
#include "core/sys.h"
#include "core/tcpsock.h"
#include "core/write_line.h"
#include "unit.h"

static const struct sockaddr_in loopback = {.sin_family = AF_INET, .sin_addr = {0x0100007f}};
#define LOOPBACK ((const struct sockaddr *)&loopback), sizeof(loopback)

static void in_a_thread(void *(*run)(void *), void *argument)
{
	pthread_t thread;
	CHECK(pthread_create(&thread, NULL, run, argument) == 0);
	pthread_join(thread, NULL);
}

/* From now on the system call fails with EPERM in this thread. */
static void refuse(unsigned call)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0), /* the call's number */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {sizeof(filter) / sizeof(*filter), filter};
	CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

static int tcp_socket(void)
{
	return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

/* A socket with a deferred port: an address, no port, IP_BIND_ADDRESS_NO_PORT cleared. */
static int put_off(struct endpoint *local)
{
	const int fd = tcp_socket();
	CHECK(bind(fd, LOOPBACK) == 0);
	CHECK(tcpsock_local(fd, local) == 0 && tcpsock_port_is_deferred(fd, local));
	return fd;
}

static void *without_setsockopt(void *unused)
{
	struct endpoint local;
	const int due = put_off(&local), pinned = tcp_socket();
	struct sockaddr_in at = loopback;

	tcpsock_set_bind_no_port(pinned, true);
	CHECK(bind(pinned, LOOPBACK) == 0);
	tcpsock_set_bind_no_port(pinned, false);
	at.sin_port = htons(9); /* nobody listens there; the source port stays */
	connect(pinned, (struct sockaddr *)&at, sizeof(at));
	refuse(SYS_setsockopt);
	CHECK(tcpsock_is_pinned(pinned) == -EPERM);
	/* Without the option bind() takes the port at once, as without the library. */
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
	/* SO_ERROR cannot be cleared, but the socket is disconnected. */
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
	/* Only in this thread, by raw system calls. */
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

/* If the program set the option itself, it is still set afterwards. */
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
	/* Two threads allocate at once: the second finds the port allocated. */
	CHECK(tcpsock_allocate_port(fd, &local) == 0 && tcpsock_allocate_port(fd, &local) == 0);
	CHECK(!tcpsock_port_is_deferred(unbound, &(struct endpoint){.family = AF_UNSPEC}));
	CHECK(!tcpsock_port_is_deferred(unbound, &(struct endpoint){.family = AF_INET}));
	local.port = 1;
	CHECK(!tcpsock_port_is_deferred(fd, &local));
	/* A second bind() fails, with or without a getsockname() before. */
	const int bound = put_off(&local);
	CHECK(bind(bound, LOOPBACK) == -1 && errno == EINVAL);
	close(bound);
	close(fd);
	close(unbound);
	close(local_socket);
}

/* If descriptor 2 differs from the first stderr in any member, nothing is written. */
static void test_other_stderr(void)
{
	static struct log_limit limit;
	const struct log_source source = {1, "unit"};
	struct context context = {.log_limit = &limit};
	const struct log_event event = {.fd = 3, .self = {.family = AF_INET}, .action = "failed"};
	const int stderr_before = dup(2);
	int ends[2];
	char got[TEXT_SIZE];

	settings_start(&context.settings);
	context.settings.log = LOG_STDERR;
	CHECK(pipe2(ends, O_NONBLOCK) == 0 && dup2(ends[1], 2) == 2);
	const struct log_target now = log_target_of_stderr(NULL);
	struct log_target other[4] = {now, now, now, now};
	other[0].known = false;
	other[1].identity.major++;
	other[2].identity.minor++;
	other[3].identity.inode++;
	for (int i = 0; i < 4; i++) {
		context.log_target = other[i];
		log_write(&context, &source, &event);
	}
	const ssize_t none = read(ends[0], got, sizeof(got));
	context.log_target = now;
	log_write(&context, &source, &event);
	const ssize_t line = read(ends[0], got, sizeof(got));
	dup2(stderr_before, 2);
	CHECK(none == -1 && line > 0 && got[line - 1] == '\n');
	close(stderr_before);
	close(ends[0]);
	close(ends[1]);
}

/* A file at its size limit raises no signal; a pipe gets a line also by a descriptor above 9. */
static void test_files_and_pipes(void)
{
	char path[] = "/tmp/noself-unit-XXXXXX";
	struct rlimit before;
	struct text line;
	int ends[2];

	text_start(&line);
	text_end(&line);
	close(mkstemp(path));
	getrlimit(RLIMIT_FSIZE, &before);
	const struct rlimit none = {0, before.rlim_max};
	setrlimit(RLIMIT_FSIZE, &none);
	const bool is_written = write_line_to_file(path, &line);
	setrlimit(RLIMIT_FSIZE, &before);
	CHECK(!is_written && write_line_to_file(path, &line));
	unlink(path);
	CHECK(pipe2(ends, O_NONBLOCK) == 0);
	const int high = fcntl(ends[1], F_DUPFD, 10);
	CHECK(write_line(high, &line) && read(ends[0], path, 2) == 1);
	close(high);
	close(ends[0]);
	close(ends[1]);
}

/* Without MSG_FASTOPEN a send is passed on. */
static void test_plain_send(void)
{
	struct iovec data = {"x", 1};
	struct mmsghdr message = {.msg_hdr = {.msg_iov = &data, .msg_iovlen = 1}};
	int pair[2];

	CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
	CHECK(sendmmsg(pair[0], &message, 1, 0) == 1);
	close(pair[0]);
	close(pair[1]);
}

int main(void)
{
	test_files_and_pipes();
	test_plain_send();
	test_sockets();
	test_own_hint();
	test_other_stderr();
	in_a_thread(without_setsockopt, NULL);
	in_a_thread(without_getsockopt, NULL);
	in_a_thread(without_bind, NULL);
	in_a_thread(under_another_group, NULL);
	in_a_thread(under_another_user, NULL);
	return verdict_of_unit();
}
