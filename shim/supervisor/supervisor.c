/* SPDX-License-Identifier: MIT */
/* Starts the supervisor for a program that cannot be preloaded. The command calls only this. */
#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/sys.h"
#include "core/tcpsock.h"
#include "dial.h"
#include "filter.h"
#include "process.h"
#include "target.h"

typedef const struct {
	const char *reason, *remedy;
} refusal;
static refusal none;
static refusal on_observe = {"mode observe cannot be supervised", "use --mode=fail"};
static refusal on_architecture = {"there is no supervisor for this architecture",
				  "use a dynamically linked build of it"};
static refusal on_old_kernel = {"the supervisor needs Linux 6.3", "use a newer kernel"};
static refusal on_proc = {"the supervisor needs /proc/sys/net", "mount all of /proc"};
static refusal on_no_seccomp = {"seccomp is not permitted here", "allow the system call seccomp()"};
static refusal on_other = {"another seccomp supervisor is already there",
			   "start noself outside of that sandbox"};
static refusal on_no_process = {"the supervisor cannot be started", "allow one more process"};
static refusal on_no_access = {"the supervisor may not look at the command",
			       "allow process_vm_readv() and pidfd_getfd(), or CAP_SYS_PTRACE"};
static refusal on_yama_1 = {"kernel.yama.ptrace_scope=1 leaves the command's children uncovered",
			    "give noself CAP_SYS_PTRACE, or set it to 0"};
static refusal on_yama_2 = {"kernel.yama.ptrace_scope=2 needs CAP_SYS_PTRACE",
			    "run noself as root, or set it to 1"};
static refusal on_yama_3 = {"kernel.yama.ptrace_scope=3 forbids the supervisor",
			    "boot with a lower one"};
static refusal on_no_answer = {"the supervisor does not answer",
			       "see whether a security module forbids it"};

/* False if the kernel does not have IP_LOCAL_PORT_RANGE; true if unknown. */
static bool has_port_range(void)
{
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	uint32_t range;
	const bool has = tcpsock_range(fd, &range) != -ENOPROTOOPT;

	sys_close(fd);
	return has;
}

/* Like fork(), but the child exits without a signal, and wait() finds it only with __WALL. */
static pid_t fork_silently(void)
{
	return (pid_t)SYSCALL(SYS_clone);
}

/* The listener, or a negative errno. */
static int install_filter(void)
{
	enum { WAIT_KILLABLE = 1 << 5 }; /* Linux 5.19 */
	const long flags =
		SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_SPEC_ALLOW | WAIT_KILLABLE;
	struct sock_filter steps[FILTER_SIZE];
	struct sock_fprog program = {.len = filter_build(steps), .filter = steps};

	long r = SYSCALL(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
	if (r == -EACCES) {
		/* Without CAP_SYS_ADMIN; with it, set-user-ID programs keep their rights. */
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		r = SYSCALL(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
	}
	return (int)r;
}

/* In a child process, because a filter cannot be removed. */
static refusal *try_filter(void)
{
	int status = 0;
	const pid_t child = fork_silently();

	if (child == 0) {
		const int listener = install_filter();
		_exit(listener < 0 ? -listener : 0);
	}
	if (child < 0)
		return &on_no_process;
	waitpid(child, &status, __WALL);
	if (status == 0)
		return &none;
	return WIFEXITED(status) && WEXITSTATUS(status) == EBUSY ? &on_other : &on_no_seccomp;
}

static refusal *check(const struct settings *settings)
{
	if (settings->mode == MODE_OFF)
		return &none;
	if (settings->mode == MODE_OBSERVE)
		return &on_observe;
	if (!filter_knows_machine())
		return &on_architecture;
	if (target_probe())
		return &none;
	if (!has_port_range())
		return &on_old_kernel;
	return sys_access(DIAL_RANGE_FILE, R_OK) < 0 ? &on_proc : try_filter();
}

/* Whether orphans become children of this process. */
static bool takes_orphans(void)
{
	int is_subreaper = 0;
	return getpid() == 1 || (prctl(PR_GET_CHILD_SUBREAPER, &is_subreaper) == 0 && is_subreaper);
}

/*
 * The supervisor is an orphan, so that wait() in the command finds no child. If orphans become
 * children of the command, it is a direct child, but one for which wait() does not wait.
 */
static void start_process(const struct context *context, int end)
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

/* Sends a descriptor number; returns the supervisor's answer, -EPIPE if the supervisor has ended.
 */
static int offer(int end, int descriptor)
{
	int answer;

	if (send(end, &descriptor, sizeof(descriptor), MSG_NOSIGNAL) < 0 ||
	    recv(end, &answer, sizeof(answer), 0) != sizeof(answer))
		return -EPIPE;
	return answer;
}

/* Why the supervisor may not read this process's memory and descriptors. */
static refusal *of_access(void)
{
	char scope = '0';
	const int fd = (int)sys_open("/proc/sys/kernel/yama/ptrace_scope", O_RDONLY | O_CLOEXEC, 0);

	sys_read(fd, &scope, 1);
	sys_close(fd);
	return scope == '2' ? &on_yama_2 : scope == '3' ? &on_yama_3 : &on_no_access;
}

static refusal *hand_over(int end)
{
	int supervisor;

	if (recv(end, &supervisor, sizeof(supervisor), 0) != sizeof(supervisor))
		return &on_no_process;
	const int test = offer(end, end);
	if (test == -EPERM)
		prctl(PR_SET_PTRACER, supervisor); /* Yama requires it */
	if (test < 0 && (test != -EPERM || offer(end, end) < 0))
		return of_access();
	const int listener = install_filter();
	if (listener < 0)
		return &on_no_seccomp;
	const int given = offer(end, listener);
	sys_close(listener);
	if (given < 0 || !target_probe())
		return &on_no_answer;
	return test < 0 ? &on_yama_1 : &none;
}

static int give(refusal *outcome, struct supervisor_error *error)
{
	const bool is_final = outcome == &on_no_answer;

	*error = (struct supervisor_error){outcome->reason, outcome->remedy, is_final};
	return outcome == &none || outcome == &on_yama_1 ? 0 : -1;
}

int supervisor_check(const struct context *context, struct supervisor_error *error)
{
	return give(check(&context->settings), error);
}

int supervisor_start(const struct context *context, struct supervisor_error *error)
{
	const int checked = supervisor_check(context, error);
	int ends[2];

	if (checked < 0 || context->settings.mode == MODE_OFF || target_probe())
		return checked;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return give(&on_no_process, error);
	start_process(context, ends[1]);
	sys_close(ends[1]);
	const int result = give(hand_over(ends[0]), error);
	sys_close(ends[0]);
	return result;
}
