/* SPDX-License-Identifier: MIT */
/* Creates a special environment for the supervisor, then runs a command in it.
 *     confined listener COMMAND...
 *     confined forbid CALL ARGUMENT BITS ERRNO COMMAND... */
#include "net.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static long install(struct sock_filter *filter, unsigned short length, unsigned flags)
{
	const struct sock_fprog program = {length, filter};
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

/* Creates its own seccomp listener, as a sandbox does, then runs a command. */
static int listener(char **command)
{
	struct sock_filter filter[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
	const long fd = install(filter, 1, SECCOMP_FILTER_FLAG_NEW_LISTENER);
	must(fd, "seccomp");
	must(fcntl((int)fd, F_SETFD, 0), "fcntl");
	return execvp(command[0], command);
}

/* Makes a system call fail with an errno if bits of an argument are set, then runs a command. */
static int forbid(char **arguments)
{
	const unsigned call = (unsigned)atoi(arguments[0]), argument = (unsigned)atoi(arguments[1]);
	const unsigned bits = (unsigned)strtoul(arguments[2], NULL, 0);
	const unsigned error = (unsigned)atoi(arguments[3]);
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[argument])),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, bits),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, bits, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	must(install(filter, sizeof(filter) / sizeof(*filter), 0), "seccomp");
	return execvp(arguments[4], arguments + 4);
}

int main(int argc, char **argv)
{
	if (argc > 2 && strcmp(argv[1], "listener") == 0)
		return listener(argv + 2);
	if (argc > 6 && strcmp(argv[1], "forbid") == 0)
		return forbid(argv + 2);
	return 2;
}
