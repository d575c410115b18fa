/* SPDX-License-Identifier: MIT */
/* Starts the supervisor's process and gives it the listener of this process's filter. */
#include "handover.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "call.h"
#include "core/sys.h"
#include "filter.h"
#include "process.h"

enum { WAIT_KILLABLE = 1 << 5 }; /* SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, Linux 5.19 */

static long set_filter(struct sock_fprog *program)
{
	const long flags =
		SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_SPEC_ALLOW | WAIT_KILLABLE;
	return raw_syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, (long)program, 0, 0);
}

/* The listener, or a negative errno. */
static int install_filter(void)
{
	struct sock_filter steps[FILTER_SIZE];
	struct sock_fprog program = {.filter = steps};

	program.len = (unsigned short)filter_build(filter_native(), steps);
	long r = set_filter(&program);
	if (r == -EACCES) {
		/* Without CAP_SYS_ADMIN; with it, set-user-ID programs keep their rights. */
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		r = set_filter(&program);
	}
	return (int)r;
}

/* Like fork(), but the child ends without a signal, and only __WALL waits for it. */
static pid_t fork_silently(void)
{
	return (pid_t)raw_syscall(SYS_clone, 0, 0, 0, 0, 0);
}

enum refusal handover_try(void)
{
	int status = 0;
	const pid_t child = fork_silently(); /* for a filter cannot be taken off again */

	if (child == 0) {
		const int listener = install_filter();
		_exit(listener < 0 ? -listener : 0);
	}
	if (child < 0)
		return REFUSED_NO_PROCESS;
	waitpid(child, &status, __WALL);
	if (status == 0)
		return REFUSED_NOT;
	return WIFEXITED(status) && WEXITSTATUS(status) == EBUSY ? REFUSED_OTHER
								 : REFUSED_NO_SECCOMP;
}

/* Whether orphans become children of this process. */
static bool takes_orphans(void)
{
	int is_subreaper = 0;
	return getpid() == 1 || (prctl(PR_GET_CHILD_SUBREAPER, &is_subreaper) == 0 && is_subreaper);
}

/*
 * The supervisor is an orphan, so that wait() in the command finds no child. Where the command
 * would get that orphan back, it is a child from the start, but one that wait() passes over.
 */
static void start_supervisor(const struct context *context, int end)
{
	const int launcher = getpid();
	const bool is_orphan = !takes_orphans();
	const pid_t child = fork_silently();

	if (child == 0) {
		if (!is_orphan || fork_silently() == 0)
			process_run(context, end, launcher);
		_exit(0);
	}
	if (child > 0 && is_orphan)
		waitpid(child, NULL, __WALL);
}

/* What the supervisor says to a descriptor of this process; -EPIPE where it is gone. */
static int offer(int end, int descriptor)
{
	int answer;

	if (send(end, &descriptor, sizeof(descriptor), MSG_NOSIGNAL) < 0 ||
	    recv(end, &answer, sizeof(answer), 0) != sizeof(answer))
		return -EPIPE;
	return answer;
}

static enum refusal hand_over(int end)
{
	int supervisor;

	if (recv(end, &supervisor, sizeof(supervisor), 0) != sizeof(supervisor))
		return REFUSED_NO_PROCESS;
	const int test = offer(end, end);
	if (test == -EPERM)
		prctl(PR_SET_PTRACER, supervisor); /* Yama wants to be told */
	if (test < 0 && (test != -EPERM || offer(end, end) < 0))
		return REFUSED_NO_ACCESS;
	const int listener = install_filter();
	if (listener < 0)
		return REFUSED_NO_SECCOMP;
	const int given = offer(end, listener);
	sys_close(listener);
	if (given < 0 || !call_probe())
		return REFUSED_NO_ANSWER;
	return test < 0 ? REFUSED_CHILDREN : REFUSED_NOT;
}

enum refusal handover(const struct context *context)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return REFUSED_NO_PROCESS;
	start_supervisor(context, ends[1]);
	sys_close(ends[1]);
	const enum refusal result = hand_over(ends[0]);
	sys_close(ends[0]);
	return result;
}
