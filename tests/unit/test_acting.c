/* SPDX-License-Identifier: MIT */
/* The parts that ask the kernel, called directly: with calls refused, and on sockets and pointers
 * of the kinds that a program seldom has. The whole library is linked in, doors and all. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "load.h"
#include "log.h"
#include "say.h"
#include "sys.h"
#include "tcpsock.h"
#include "text.h"
#include "unit.h"

static const struct sockaddr_in loopback = {.sin_family = AF_INET, .sin_addr = {0x0100007f}};
#define LOOPBACK ((const struct sockaddr *)&loopback), sizeof(loopback)

static void in_a_thread(void *(*run)(void *), void *argument)
{
	pthread_t thread;
	CHECK(pthread_create(&thread, NULL, run, argument) == 0);
	pthread_join(thread, NULL);
}

/* In this thread alone the system call fails with EPERM from now on. */
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

/* A socket as bind() of port 0 leaves it: an address, no port, and the hint off. */
static int put_off(struct endpoint *local)
{
	const int fd = tcp_socket();
	CHECK(bind(fd, LOOPBACK) == 0);
	CHECK(tcpsock_local(fd, local) == 0 && tcpsock_port_is_due(fd, local));
	return fd;
}

static void *without_setsockopt(void *unused)
{
	struct endpoint local;
	const int due = put_off(&local), pinned = tcp_socket();
	struct sockaddr_in at = loopback;

	tcpsock_set_hint(pinned, true);
	CHECK(bind(pinned, LOOPBACK) == 0);
	tcpsock_set_hint(pinned, false);
	at.sin_port = htons(9); /* nobody listens there; the port stays as it was chosen */
	connect(pinned, (struct sockaddr *)&at, sizeof(at));
	refuse(SYS_setsockopt);
	CHECK(!tcpsock_is_pinned(pinned));
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
	const int fd = put_off(&local);

	refuse(SYS_getsockopt);
	CHECK(tcpsock_hint(fd) == -EPERM && !tcpsock_port_is_due(fd, &local));
	CHECK(!tcpsock_is_tcp(fd));
	/* What dissolving leaves behind cannot be taken out; the connection is gone all the same.
	 */
	CHECK(tcpsock_dissolve(fd) == 0);
	CHECK(!tcpsock_is_pinned(fd));
	close(fd);
	return unused;
}

static void *without_bind(void *unused)
{
	struct endpoint local;
	const int fd = put_off(&local);
	struct sockaddr_in name;
	socklen_t length = sizeof(name);

	refuse(SYS_bind);
	CHECK(tcpsock_take_port(fd, &local) == -EPERM);
	CHECK(getsockname(fd, (struct sockaddr *)&name, &length) == 0 && name.sin_port == 0);
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

static void test_sockets(void)
{
	struct endpoint local;
	const int unbound = tcp_socket(), local_socket = socket(AF_UNIX, SOCK_STREAM, 0);

	CHECK(!tcpsock_is_pinned(-1) && !tcpsock_is_pinned(unbound));
	CHECK(!tcpsock_is_pinned(local_socket));
	CHECK(tcpsock_set_hint_for(unbound, AF_INET, &loopback, 7) == -EINVAL);
	CHECK(tcpsock_set_hint_for(unbound, AF_INET6, &loopback, 16) == -EINVAL);
	CHECK(tcpsock_dissolve(-1) == -EBADF);

	const int fd = put_off(&local);
	/* Two who look at once: the second finds the port there. */
	CHECK(tcpsock_take_port(fd, &local) == 0 && tcpsock_take_port(fd, &local) == 0);
	CHECK(!tcpsock_port_is_due(unbound, &(struct endpoint){.family = AF_UNSPEC}));
	close(fd);
	close(unbound);
	close(local_socket);
}

/* Looks at a port that was put off through a length that lies there. */
static void look_through(socklen_t *length, socklen_t room)
{
	struct endpoint local;
	struct sockaddr_in name = {.sin_family = AF_UNSPEC};
	const int fd = put_off(&local);

	memcpy(length, &room, sizeof(room));
	CHECK(getsockname(fd, (struct sockaddr *)&name, length) == 0);
	CHECK(room < 4 || name.sin_port != 0);
	memcpy(&room, length, sizeof(room));
	CHECK(room == sizeof(name));
	close(fd);
}

static void *look_from_everywhere(void *other_stack)
{
	socklen_t pages[4096], on_heap_like[2] = {0, 0};
	static socklen_t in_data;

	look_through(&pages[0], 16);
	look_through(&pages[4095], 16);
	look_through((socklen_t *)((char *)on_heap_like + 1), 16);
	look_through(&in_data, 16);
	for (socklen_t room = 0; room < 5; room++)
		look_through(&on_heap_like[0], room);
	return other_stack;
}

/* A caller that comes before the constructor: what is loaded is found anew, and nothing is kept. */
static void test_before_constructor(void)
{
	const struct load *done = load_done;
	char byte = 'x';
	struct iovec data = {&byte, 1};
	struct sockaddr_in nobody = loopback;
	struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
	struct mmsghdr several = {.msg_hdr = message};
	struct rlimit files;
	char **environment = environ;
	int pair[2];

	CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
	load_done = NULL;
	CHECK(sendto(pair[0], &byte, 1, 0, NULL, 0) == 1);
	CHECK(sendmsg(pair[0], &message, 0) == 1);
	CHECK(sendmmsg(pair[0], &several, 1, 0) == 1);
	CHECK(sendmmsg(pair[0], &several, 0, MSG_FASTOPEN) == 0);
	environ = NULL;
	CHECK(sendto(pair[0], &byte, 1, 0, NULL, 0) == 1);
	/* Not even the auxiliary vector can be read. */
	char mode[] = "NOSELF_MODE=observe", *setting[] = {mode, NULL};
	environ = setting;
	getrlimit(RLIMIT_NOFILE, &files);
	const struct rlimit none = {0, files.rlim_max};
	setrlimit(RLIMIT_NOFILE, &none);
	struct load early;
	CHECK(load_get(&early)->settings.mode == MODE_OBSERVE);
	setrlimit(RLIMIT_NOFILE, &files);
	environ = environment;
	load_done = done;
	nobody.sin_port = htons(9);
	message.msg_name = several.msg_hdr.msg_name = &nobody;
	message.msg_namelen = several.msg_hdr.msg_namelen = sizeof(nobody);
	for (int i = 0; i < 2; i++) {
		const int fd = tcp_socket(), other = tcp_socket(), third = tcp_socket();
		CHECK(sendto(fd, &byte, 1, MSG_FASTOPEN | MSG_NOSIGNAL, (struct sockaddr *)&nobody,
			     sizeof(nobody)) < 0);
		CHECK(sendmsg(other, &message, MSG_FASTOPEN | MSG_NOSIGNAL) < 0);
		CHECK(sendmmsg(third, &several, 1, MSG_FASTOPEN | MSG_NOSIGNAL) < 0);
		close(fd);
		close(other);
		close(third);
		load_done = i == 0 ? NULL : done;
	}
	load_done = done;
	close(pair[0]);
	close(pair[1]);
}

static volatile sig_atomic_t raised;

static void count(int signal)
{
	(void)signal;
	raised++;
}

/* A line that cannot be written raises nothing, and takes away nothing that was pending before. */
static void test_say(void)
{
	char path[] = "/tmp/noself-unit-XXXXXX";
	struct rlimit before;
	struct text line;
	sigset_t blocked, pending;
	int pipe_ends[2];
	const int file = mkstemp(path);

	CHECK(file >= 0 && pipe(pipe_ends) == 0);
	unlink(path);
	close(pipe_ends[0]);
	text_start(&line);
	text_string(&line, "line\x7f");
	text_safe(&line, "\x7f", 1);
	CHECK(line.at[line.length - 1] == '?');
	text_end(&line);
	signal(SIGXFSZ, count);
	signal(SIGPIPE, count);
	getrlimit(RLIMIT_FSIZE, &before);
	const struct rlimit none = {0, before.rlim_max};
	setrlimit(RLIMIT_FSIZE, &none);
	CHECK(!say(file, &line) && !say(pipe_ends[1], &line) && raised == 0);

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGXFSZ);
	sigaddset(&blocked, SIGPIPE);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	raise(SIGXFSZ);
	raise(SIGPIPE);
	CHECK(!say(file, &line) && !say(pipe_ends[1], &line));
	sigpending(&pending);
	CHECK(sigismember(&pending, SIGXFSZ) == 1 && sigismember(&pending, SIGPIPE) == 1);
	setrlimit(RLIMIT_FSIZE, &before);
	sigprocmask(SIG_UNBLOCK, &blocked, NULL);
	CHECK(raised == 2);
	CHECK(say(file, &line) && lseek(file, 0, SEEK_END) == 7);
	close(file);
	close(pipe_ends[1]);
}

/* A descriptor 2 that differs from the stderr of the start in any one part gets nothing. */
static void test_other_stderr(void)
{
	struct settings settings = settings_default;
	const struct log_entry entry = {.fd = 3, .self = {.family = AF_INET}, .action = "failed"};
	const int stderr_before = dup(2);
	int ends[2];
	char got[TEXT_SIZE];

	settings.log = LOG_STDERR;
	CHECK(pipe2(ends, O_NONBLOCK) == 0 && dup2(ends[1], 2) == 2);
	const struct log_stderr now = log_find_stderr(NULL);
	struct log_stderr other[4] = {now, now, now, now};
	other[0].known = false;
	other[1].identity.major++;
	other[2].identity.minor++;
	other[3].identity.inode++;
	for (int i = 0; i < 4; i++)
		log_write(&settings, &other[i], &entry);
	const ssize_t none = read(ends[0], got, sizeof(got));
	log_write(&settings, &now, &entry);
	const ssize_t line = read(ends[0], got, sizeof(got));
	dup2(stderr_before, 2);
	CHECK(none == -1 && line > 0 && got[line - 1] == '\n');
	close(stderr_before);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	int here;

	test_sockets();
	look_from_everywhere(&here);
	in_a_thread(look_from_everywhere, &here);
	test_before_constructor();
	test_say();
	test_other_stderr();
	in_a_thread(without_setsockopt, NULL);
	in_a_thread(without_getsockopt, NULL);
	in_a_thread(without_bind, NULL);
	in_a_thread(under_another_group, NULL);
	return verdict_of_unit();
}
