/* SPDX-License-Identifier: MIT */
/* Starts the supervisor's process and gives it the listener of this process's filter. */
#include "handover.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "call.h"
#include "channel.h"
#include "core/raw_syscall.h"
#include "core/sys.h"
#include "filter.h"
#include "process.h"

/* What the child that tries everything finds out, in memory that it shares with its parent. */
struct trial {
	struct handover handover;
	bool takes_orphans; /* the parent does */
	int supervisor;     /* its pid */
	bool is_tracer;     /* Yama wants to be told that the supervisor may look */
};

/* The listener, or a negative errno. */
static int install_filter(void)
{
	struct bpf_step steps[FILTER_SIZE];
	struct bpf_program program = {0, steps};
	const long flags = FILTER_NEW_LISTENER | FILTER_WAIT_KILLABLE | FILTER_SPEC_ALLOW;

	program.length = (uint16_t)filter_build(filter_native(), steps);
	long r = raw_syscall(SYS_seccomp, SECCOMP_SET_FILTER, flags, (long)&program, 0, 0);
	if (r == -EACCES) {
		/* Without CAP_SYS_ADMIN; with it, set-user-ID programs keep their rights. */
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		r = raw_syscall(SYS_seccomp, SECCOMP_SET_FILTER, flags, (long)&program, 0, 0);
	}
	return (int)r;
}

/* Whether orphans become children of this process. */
static bool takes_orphans(void)
{
	int is_subreaper = 0;
	return getpid() == 1 || (prctl(PR_GET_CHILD_SUBREAPER, &is_subreaper) == 0 && is_subreaper);
}

/*
 * Started by a child, the supervisor becomes an orphan: wait() in the command finds no child. Where
 * the command would get that orphan back, the supervisor is its child from the start, but one that
 * wait() passes over, for it ends without a signal.
 */
static int start_supervisor(const struct context *context, const struct trial *trial, int end)
{
	const int launcher = getppid();
	const long pid =
		raw_syscall(SYS_clone, trial->takes_orphans ? CLONE_PARENT : 0, 0, 0, 0, 0);
	if (pid == 0)
		process_run(context, end, launcher);
	return (int)pid;
}

static struct handover failed(enum handover_failure failure, int error)
{
	return (struct handover){failure, error, false};
}

static struct handover try_all(const struct context *context, int ends[2], struct trial *trial)
{
	trial->supervisor = start_supervisor(context, trial, ends[1]);
	if (trial->supervisor < 0)
		return failed(HANDOVER_NO_PROCESS, trial->supervisor);
	sys_close(ends[1]);
	int r = channel_ask(ends[0], -1);
	const bool children_covered = r == 0;
	if (r == -EPERM) {
		trial->is_tracer = true;
		prctl(PR_SET_PTRACER, trial->supervisor);
		r = channel_ask(ends[0], -1);
	}
	if (r < 0)
		return failed(r == -EPIPE ? HANDOVER_NO_ANSWER : HANDOVER_NO_ACCESS, r);
	const int listener = install_filter();
	if (listener < 0)
		return failed(HANDOVER_NO_FILTER, listener);
	if (channel_ask(ends[0], listener) < 0 || sys_close(listener) < 0 || !call_probe())
		return failed(HANDOVER_NO_ANSWER, 0);
	return (struct handover){HANDOVER_OK, 0, children_covered};
}

/* Runs try_all() in a child, which ends without a signal and may be killed at any time. */
static void try_in_child(const struct context *context, int ends[2], struct trial *trial)
{
	int pidfd = -1;
	const long child = raw_syscall(SYS_clone, CLONE_PIDFD, 0, (long)&pidfd, 0, 0);

	if (child == 0) {
		trial->handover = try_all(context, ends, trial);
		_exit(0);
	}
	if (child < 0) {
		trial->handover = failed(HANDOVER_NO_PROCESS, (int)child);
		return;
	}
	struct pollfd end = {.fd = pidfd, .events = POLLIN};
	if (poll(&end, 1, CHANNEL_PATIENCE_S * 1000) <= 0)
		kill((pid_t)child, SIGKILL);
	waitpid((pid_t)child, NULL, __WALL);
	sys_close(pidfd);
}

static struct handover hand_over(const struct trial *trial, int end)
{
	if (trial->is_tracer)
		prctl(PR_SET_PTRACER, trial->supervisor);
	const int listener = install_filter();
	if (listener < 0)
		return failed(HANDOVER_NO_FILTER, listener);
	const int r = channel_ask(end, listener);
	sys_close(listener);
	return r < 0 ? failed(HANDOVER_NO_ANSWER, r) : trial->handover;
}

static struct handover run(const struct context *context, bool for_good)
{
	struct handover result = failed(HANDOVER_NO_PROCESS, -ENOMEM);
	int ends[2];
	struct trial *trial = mmap(NULL, sizeof(*trial), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (trial == MAP_FAILED)
		return result;
	trial->handover = failed(HANDOVER_NO_ANSWER, 0);
	trial->takes_orphans = takes_orphans();
	result.error = channel_create(ends);
	if (result.error == 0) {
		try_in_child(context, ends, trial);
		sys_close(ends[1]);
		result = trial->handover;
		if (for_good && result.failure == HANDOVER_OK)
			result = hand_over(trial, ends[0]);
		sys_close(ends[0]);
	}
	munmap(trial, sizeof(*trial));
	return result;
}

struct handover handover(const struct context *context)
{
	return run(context, true);
}

struct handover handover_try(const struct context *context)
{
	return run(context, false);
}
