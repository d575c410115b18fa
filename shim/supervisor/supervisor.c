/* SPDX-License-Identifier: MIT */
/* Covers a program that cannot be preloaded: the command's one way into the supervisor. */
#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>

#include "call.h"
#include "core/sys.h"
#include "core/tcpsock.h"
#include "filter.h"
#include "handover.h"
#include "netns.h"

/* What is found out beside the handover. */
enum { ON_OBSERVE = REFUSALS, ON_ARCHITECTURE, ON_OLD_KERNEL, ON_PROC, ON_YAMA_2, ON_YAMA_3 };

static const struct supervisor_error refusals[] = {
	[REFUSED_NO_PROCESS] = {"the supervisor cannot be started", "allow one more process"},
	[REFUSED_NO_ACCESS] = {"the supervisor may not look at the command",
			       "allow process_vm_readv() and pidfd_getfd(), or CAP_SYS_PTRACE"},
	[REFUSED_CHILDREN] = {"kernel.yama.ptrace_scope=1 leaves the command's children uncovered",
			      "give noself CAP_SYS_PTRACE, or set it to 0"},
	[REFUSED_NO_SECCOMP] = {"seccomp is not permitted here", "allow the system call seccomp()"},
	[REFUSED_OTHER] = {"another seccomp supervisor is already there",
			   "start noself outside of that sandbox"},
	[REFUSED_NO_ANSWER] = {"the supervisor does not answer",
			       "see whether a security module forbids it"},
	[ON_OBSERVE] = {"mode observe cannot be supervised", "use --mode=fail"},
	[ON_ARCHITECTURE] = {"there is no supervisor for this architecture",
			     "use a dynamically linked build of it"},
	[ON_OLD_KERNEL] = {"the supervisor needs Linux 6.3", "use a newer kernel"},
	[ON_PROC] = {"the supervisor needs /proc/sys/net", "mount all of /proc"},
	[ON_YAMA_2] = {"kernel.yama.ptrace_scope=2 needs CAP_SYS_PTRACE",
		       "run noself as root, or set it to 1"},
	[ON_YAMA_3] = {"kernel.yama.ptrace_scope=3 forbids the supervisor",
		       "boot with a lower one"},
};

/* False where the kernel is known not to have IP_LOCAL_PORT_RANGE. */
static bool has_port_range(void)
{
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	uint32_t range;
	const bool has = tcpsock_range(fd, &range) != -ENOPROTOOPT;

	sys_close(fd);
	return has;
}

static bool has_proc(void)
{
	struct netns netns;
	const bool has = netns_open(&netns);

	sys_close(netns.range_fd);
	return has;
}

/* What can be known without a supervisor. */
static int prepare(const struct settings *settings)
{
	if (settings->mode == MODE_OBSERVE)
		return ON_OBSERVE;
	if (filter_native() == 0)
		return ON_ARCHITECTURE;
	if (call_probe())
		return REFUSED_NOT;
	if (!has_port_range())
		return ON_OLD_KERNEL;
	return has_proc() ? (int)handover_try() : ON_PROC;
}

/* Why the supervisor may not look at the command. */
static int of_access(void)
{
	char scope = '0';
	const int fd = (int)sys_open("/proc/sys/kernel/yama/ptrace_scope", O_RDONLY | O_CLOEXEC, 0);

	sys_read(fd, &scope, 1);
	sys_close(fd);
	return scope == '2' ? ON_YAMA_2 : scope == '3' ? ON_YAMA_3 : REFUSED_NO_ACCESS;
}

static int refuse(int refusal, struct supervisor_error *error)
{
	*error = refusals[refusal];
	error->is_final = refusal == REFUSED_NO_ANSWER;
	return error->reason && refusal != REFUSED_CHILDREN ? -1 : 0;
}

int supervisor_check(const struct context *context, struct supervisor_error *error)
{
	const bool is_off = context->settings.mode == MODE_OFF;
	return refuse(is_off ? REFUSED_NOT : prepare(&context->settings), error);
}

int supervisor_start(const struct context *context, struct supervisor_error *error)
{
	const int checked = supervisor_check(context, error);

	if (checked < 0 || context->settings.mode == MODE_OFF || call_probe())
		return checked;
	const int refusal = (int)handover(context);
	return refuse(refusal == REFUSED_NO_ACCESS ? of_access() : refusal, error);
}
