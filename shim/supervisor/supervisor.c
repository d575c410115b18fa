/* SPDX-License-Identifier: MIT */
/* Covers a program that cannot be preloaded: the command's one way into the supervisor. */
#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>

#include "call.h"
#include "core/raw_syscall.h"
#include "core/sys.h"
#include "core/tcpsock.h"
#include "filter.h"
#include "handover.h"

typedef struct supervisor_error refusal;

static const refusal on_observe = {"mode observe cannot be supervised", "use --mode=fail"};
static const refusal on_architecture = {"there is no supervisor for this architecture",
					"use a dynamically linked build of it"};
static const refusal on_old_kernel = {"the supervisor needs Linux 6.3", "use a newer kernel"};
static const refusal on_no_process = {"the supervisor cannot be started",
				      "allow one more process and a page of memory"};
static const refusal on_other = {"another seccomp supervisor is already there",
				 "start noself outside of that sandbox"};
static const refusal on_no_seccomp = {"seccomp is not permitted here",
				      "allow the system call seccomp()"};
static const refusal on_no_answer = {"the supervisor does not answer",
				     "see whether a security module forbids it"};
static const refusal on_no_access = {
	"the supervisor may not look at the command",
	"allow process_vm_readv() and pidfd_getfd(), or CAP_SYS_PTRACE"};
static const refusal on_yama_2 = {"kernel.yama.ptrace_scope=2 needs CAP_SYS_PTRACE",
				  "run noself as root, or set it to 1"};
static const refusal on_yama_3 = {"kernel.yama.ptrace_scope=3 forbids the supervisor",
				  "boot with a lower one"};
static const refusal on_yama_1 = {
	"kernel.yama.ptrace_scope=1 leaves the command's children uncovered",
	"give noself CAP_SYS_PTRACE, or set it to 0"};
static const refusal none = {NULL, NULL};

/* False where the kernel is known not to have IP_LOCAL_PORT_RANGE. */
static bool has_port_range(void)
{
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	uint32_t range;

	if (fd < 0)
		return true;
	const bool has = tcpsock_range(fd, &range) != -ENOPROTOOPT;
	sys_close(fd);
	return has;
}

static char yama_scope(void)
{
	char scope = '0';
	const long fd = sys_open("/proc/sys/kernel/yama/ptrace_scope", O_RDONLY | O_CLOEXEC, 0);

	if (fd >= 0) {
		sys_read((int)fd, &scope, 1);
		sys_close((int)fd);
	}
	return scope;
}

static refusal of_access(void)
{
	switch (yama_scope()) {
	case '2':
		return on_yama_2;
	case '3':
		return on_yama_3;
	default:
		return on_no_access;
	}
}

static refusal of_handover(const struct handover *result)
{
	switch (result->failure) {
	case HANDOVER_OK:
		return result->children_covered ? none : on_yama_1;
	case HANDOVER_NO_PROCESS:
		return on_no_process;
	case HANDOVER_NO_FILTER:
		return result->error == -EBUSY ? on_other : on_no_seccomp;
	case HANDOVER_NO_ACCESS:
		return of_access();
	default:
		return on_no_answer;
	}
}

/* What is known without a try: 0 to go on, 1 where nothing is to be done, -1 refused. */
static int prepare(const struct settings *settings, refusal *error)
{
	uint32_t action = ACTION_NOTIFY;

	*error = none;
	if (settings->mode == MODE_OFF)
		return 1;
	*error = on_observe;
	if (settings->mode == MODE_OBSERVE)
		return -1;
	*error = on_architecture;
	if (filter_native() == 0)
		return -1;
	*error = none;
	if (call_probe())
		return 1;
	*error = on_old_kernel;
	const long r = raw_syscall(SYS_seccomp, SECCOMP_ACTION_AVAILABLE, 0, (long)&action, 0, 0);
	if (r == -EOPNOTSUPP || !has_port_range())
		return -1;
	*error = on_no_seccomp;
	return r < 0 ? -1 : 0;
}

static int run(const struct context *context, struct handover (*how)(const struct context *),
	       refusal *error)
{
	const int prepared = prepare(&context->settings, error);
	if (prepared != 0)
		return prepared > 0 ? 0 : -1;
	const struct handover result = how(context);
	*error = of_handover(&result);
	return result.failure == HANDOVER_OK ? 0 : -1;
}

int supervisor_start(const struct context *context, struct supervisor_error *error)
{
	return run(context, handover, error);
}

int supervisor_check(const struct context *context, struct supervisor_error *error)
{
	return run(context, handover_try, error);
}
