/* SPDX-License-Identifier: MIT */
/* The cases of differences.bats, in which a program could notice the library. Prints one line. */
#include "net.h"

#include <linux/errqueue.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static int listening(const char *host, int port)
{
	const struct name at = name_of(host, port);
	int fd = new_socket(at.any.sa_family, SOCK_STREAM, 0);

	set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	set_option(fd, IPPROTO_TCP, TCP_FASTOPEN, 5);
	must(bind(fd, &at.any, at.length), "bind");
	must(listen(fd, 8), "listen");
	return fd;
}

static void show(long result, int fd)
{
	const char *error = error_name(result < 0 ? errno : 0);
	printf("result=%s same-names=%s", error, is_self(fd) ? "yes" : "no");
}

/* Dials HOST:50000, which nft redirects to a server on HOST:8080; prints how many connections the
 * server accepts. HOW is n for non-blocking, m for MPTCP, f for fast open. */
static void redirected(const char *host, const char *how)
{
	const struct name to = name_of(host, 50000);
	int server = listening(host, 8080), accepted = 0;
	int fd = new_socket(to.any.sa_family, SOCK_STREAM | (strchr(how, 'n') ? SOCK_NONBLOCK : 0),
			    strchr(how, 'm') ? PROTOCOL_MPTCP : 0);
	struct pollfd waiting = {.fd = server, .events = POLLIN}, own = {.fd = fd};

	long r = strchr(how, 'f') ? sendto(fd, "data", 4, MSG_FASTOPEN, &to.any, to.length)
				  : connect(fd, &to.any, to.length);
	show(r, fd);
	while (poll(&waiting, 1, 200) == 1 && accept(server, NULL, NULL) >= 0)
		accepted++;
	poll(&own, 1, 0);
	printf(" accepted=%d reset=%s\n", accepted, own.revents & POLLHUP ? "yes" : "no");
}

/* Fast open of 127.0.0.1:50000. It connects before the kernel detects the fault of the call: an
 * invalid control message, or unreadable data. */
static void failing(const char *what)
{
	const struct name to = loopback(50000);
	struct cmsghdr control = {sizeof(control), SOL_SOCKET, 9999};
	struct iovec data = {strcmp(what, "data") == 0 ? (void *)16 : "data", 4};
	struct msghdr message = {(void *)&to.any, to.length, &data, 1, NULL, 0, 0};
	int fd = new_socket(AF_INET, SOCK_STREAM, 0);

	if (strcmp(what, "control") == 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
	}
	show(sendmsg(fd, &message, MSG_FASTOPEN), fd);
	putchar('\n');
}

/* A large fast open of a server; prints how many times MSG_ZEROCOPY completes. */
static void zerocopy(void)
{
	static char data[16384];
	const struct name to = loopback(700);
	int fd = new_socket(AF_INET, SOCK_STREAM, 0), times = 0;
	char control[128];
	struct msghdr done = {.msg_control = control, .msg_controllen = sizeof(control)};
	struct pollfd one = {.fd = fd};

	listening("127.0.0.1", 700);
	set_option(fd, SOL_SOCKET, SO_ZEROCOPY, 1);
	sendto(fd, data, sizeof(data), MSG_FASTOPEN | MSG_ZEROCOPY, &to.any, to.length);
	while (poll(&one, 1, 200) == 1 && recvmsg(fd, &done, MSG_ERRQUEUE) >= 0) {
		struct sock_extended_err *e = (void *)CMSG_DATA(CMSG_FIRSTHDR(&done));
		times += (int)(e->ee_data - e->ee_info + 1);
	}
	printf("done=%d\n", times);
}

/* Dials itself from a port that it bound, after a sandbox has forbidden bind(). */
static void sandboxed(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bind, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {sizeof(filter) / sizeof(*filter), filter};
	const struct name to = loopback(50000);
	int fd = bound_to(&to);

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		exit(3);
	show(connect(fd, &to.any, to.length), fd);
	putchar('\n');
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (argc == 4 && strcmp(what, "redirected") == 0)
		redirected(argv[2], argv[3]);
	else if (argc == 3 && strcmp(what, "failing") == 0)
		failing(argv[2]);
	else if (strcmp(what, "zerocopy") == 0)
		zerocopy();
	else if (strcmp(what, "sandboxed") == 0)
		sandboxed();
	else
		return 3;
	return 0;
}
