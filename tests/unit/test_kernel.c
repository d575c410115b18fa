/* SPDX-License-Identifier: MIT */
/* What real programs hardly show of the kernel's answers. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/log_target.h"
#include "core/sys.h"
#include "core/tcpsock.h"
#include "core/write_line.h"
#include "unit.h"

int __connect(int fd, const struct sockaddr *to, socklen_t length); /* libc's second name */

/* Whether a process with another effective user or group finds that out. */
static bool differs_after(long set_ids)
{
	int status = 0;
	const pid_t child = fork();

	if (child == 0)
		_exit(syscall(set_ids, -1, 65534, -1) != 0 || !sys_ids_differ());
	return waitpid(child, &status, 0) == child && status == 0;
}

/* Descriptor 2 is another file if it differs from the first stderr in any member. */
static void other_stderr(void)
{
	const struct log_target now = log_target_of_stderr(NULL);
	struct log_target others[4] = {now, now, now, now};

	others[0].known = false;
	others[1].identity.major++;
	others[2].identity.minor++;
	others[3].identity.inode++;
	CHECK(log_target_is_same(&now));
	CHECK(log_target_device(0xabcde, 0xfedcb) == makedev(0xabcde, 0xfedcb));
	for (unsigned i = 0; i < COUNT(others); i++)
		CHECK(!log_target_is_same(&others[i]));
}

/* A pipe that cannot be opened again, because its number has two digits, gets the line too. */
static void high_descriptor(void)
{
	struct text line;
	char got[2];
	int ends[2];

	text_start(&line);
	text_end(&line);
	CHECK(pipe2(ends, O_NONBLOCK) == 0);
	const int high = fcntl(ends[1], F_DUPFD, 10);
	CHECK(write_line(high, &line) && read(ends[0], got, 2) == 1);
	/* If it is full, the line is lost. */
	while (write(high, "x", 1) == 1)
		;
	fcntl(high, F_SETFL, 0);
	CHECK(!write_line(high, &line));
}

/* A file at its size limit takes no line and raises no signal. */
static void full_file(void)
{
	char path[] = "/tmp/noself-unit-XXXXXX";
	struct rlimit before;
	struct text line;

	text_start(&line);
	text_end(&line);
	close(mkstemp(path));
	getrlimit(RLIMIT_FSIZE, &before);
	setrlimit(RLIMIT_FSIZE, &(struct rlimit){0, before.rlim_max});
	const bool is_written = write_line_to_file(path, &line);
	setrlimit(RLIMIT_FSIZE, &before);
	CHECK(!is_written && write_line_to_file(path, &line));
	unlink(path);
}

/* Calls that the library passes on, and options of unusual sockets. */
static void sockets(void)
{
	const struct sockaddr_in loopback = {.sin_family = AF_INET, .sin_addr = {0x0100007f}};
	const struct sockaddr *to = (const struct sockaddr *)&loopback;
	const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
	const int tcp = socket(AF_INET, SOCK_STREAM, 0), raw = socket(AF_INET6, SOCK_RAW, 7);
	struct iovec data = {"x", 1};
	struct mmsghdr message = {.msg_hdr = {.msg_iov = &data, .msg_iovlen = 1}};
	int pair[2];

	CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
	CHECK(sendto(pair[0], "x", 1, 0, NULL, 0) == 1);
	CHECK(sendmmsg(pair[0], &message, 1, 0) == 1);
	CHECK(sendmmsg(pair[0], &message, 0, MSG_FASTOPEN) == 0);
	CHECK(__connect(tcp, &nobody, sizeof(nobody.sa_family)) == 0);
	CHECK(bind(tcp, to, 7) == -1 && errno == EINVAL);
	CHECK(bind(tcp, to, sizeof(loopback)) == 0);
	CHECK(bind(tcp, to, sizeof(loopback)) == -1 && errno == EINVAL);
	CHECK(tcpsock_is_closed(tcp) && !tcpsock_is_closed(pair[0]));
	CHECK(listen(tcp, 1) == 0 && !tcpsock_is_closed(tcp));
	/* A raw socket has its protocol as its port, and no IP_BIND_ADDRESS_NO_PORT. */
	CHECK(raw < 0 || tcpsock_is_pinned(raw) == -ENOPROTOOPT);
	CHECK(sys_close_range(5000, 5001) == 0);
}

int main(void)
{
	sockets();
	CHECK(!sys_ids_differ());
	CHECK(geteuid() != 0 || differs_after(SYS_setresuid));
	CHECK(geteuid() != 0 || differs_after(SYS_setresgid));
	other_stderr();
	high_descriptor();
	full_file();
	return verdict_of_unit();
}
