/* SPDX-License-Identifier: MIT */
/* Logs what a supervised program met, without ever keeping the supervisor waiting. */
#include "report.h"

#include <poll.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/raw_syscall.h"
#include "core/sys.h"

enum { PATIENCE_MS = 100, BY_PIDFD = 3 /* P_PIDFD */ };

/* Whether the child has ended, which counts its line as written or dropped. */
static bool writer_ended(struct report *report, int patience)
{
	struct pollfd one = {.fd = report->writer, .events = POLLIN};
	siginfo_t end = {.si_status = 1};

	if (report->writer < 0)
		return true;
	if (poll(&one, 1, patience) <= 0)
		return false;
	waitid((idtype_t)BY_PIDFD, (id_t)report->writer, &end, WEXITED | __WALL);
	if (end.si_status != 0)
		log_limit_give_back(&report->limit, 0);
	sys_close(report->writer);
	report->writer = -1;
	return true;
}

/*
 * In the child: only 0 to 2 stay open, for the listener must not outlive the supervisor. 2 becomes
 * the program's own, and is written to if it is what it was at the start.
 */
static void write_and_exit(const struct context *context, struct target_cache *target,
			   const struct log_source *source, const struct log_event *event,
			   uint32_t dropped)
{
	struct log_limit limit = {.pid = source->pid, .dropped = dropped};
	struct context own = *context;

	if (own.settings.log == LOG_STDERR) {
		const int fd = target_descriptor(target, 2);
		if (fd >= 0)
			dup2(fd, 2);
	}
	sys_close_range(3, ~0U);
	own.log_limit = &limit;
	log_write(&own, source, event);
	_exit(limit.dropped != 0);
}

void report_event(struct report *report, const struct context *context, struct target_cache *target,
		  const struct seccomp_notification *notification, const struct log_event *event)
{
	struct kernel_timespec now = {0, 0};
	struct log_source source = {.pid = (long)target_process(notification->tid)};
	char name[16];
	uint32_t dropped;

	if (context->settings.log == LOG_OFF)
		return;
	/* There the library sees this dial too, and does it over: it writes the line. */
	if (event->result >= 0 && target_maps(notification->tid, "/libnoself.so"))
		return;
	const bool ended = writer_ended(report, 0);
	sys_now(CLOCK_MONOTONIC, &now);
	if (!log_limit_take(&report->limit, (uint32_t)now.seconds, 0, &dropped))
		return;
	target_name(notification->tid, name);
	source.comm = name;
	int pidfd = -1;
	const long child = !ended ? -1 : raw_syscall(SYS_clone, CLONE_PIDFD, 0, (long)&pidfd, 0, 0);
	if (child == 0)
		write_and_exit(context, target, &source, event, dropped);
	if (child < 0) {
		log_limit_give_back(&report->limit, dropped);
		return;
	}
	report->writer = pidfd;
	writer_ended(report, PATIENCE_MS);
}
