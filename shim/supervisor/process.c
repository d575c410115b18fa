/* SPDX-License-Identifier: MIT */
/* The supervisor's process: detached, ignores signals, keeps none of the launcher's files open. */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/sys.h"
#include "dial.h"
#include "target.h"

enum {
	END = 3, /* of the launcher's channel */
	/* If receiving fails so often in a row, it is forbidden; dials then fail with ENOSYS. */
	MAX_FAILURES = 1000,
};

/* SECCOMP_IOCTL_NOTIF_SET_FLAGS, Linux 6.6; SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP is 1. */
#define NOTIFY_SET_FLAGS _IOW('!', 4, uint64_t)

/* Closes all descriptors except the channel. */
static void close_all_but(int end)
{
	dup2(end, END);
	sys_close_range(END + 1, ~0U);
	sys_close_range(0, 2);
	sys_open("/dev/null", O_RDWR, 0);
	dup2(0, 1);
	dup2(0, 2);
}

static void detach(int end, int launcher)
{
	struct rlimit limit;
	char name[16];

	/* systemd and others signal all processes of a service; the command must end first. */
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_IGN);
	setsid();
	(void)!chdir("/"); /* if it fails, it stays in its directory */
	/* The command's limit may be three descriptors; the supervisor needs more. */
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	close_all_but(end);
	/* noselfctl reads from the title which command it supervises. */
	snprintf(name, sizeof(name), "noself:%d", launcher);
	prctl(PR_SET_NAME, name);
}

/*
 * Logs the event as the library would in the program: with its pid and the thread's name, to the
 * file of the settings or to the program's own stderr.
 */
static void log_event(const struct supervisor *s, const struct seccomp_notif *n,
		      const struct log_event *event)
{
	/* Processes that share a limiter are limited less: alternating pids reset its counters. */
	enum { LIMITS = 16 };
	static struct log_limit limits[LIMITS];
	struct context context = *s->context;
	char name[16];

	/* If the library is loaded, it handles this dial too, and writes the line. */
	if (context.settings.log == LOG_OFF ||
	    (event->result >= 0 && target_maps(n->pid, "/libnoself.so")))
		return;
	target_name(n->pid, name);
	const struct log_source source = {(long)target_process(n->pid), name};
	const int program_stderr = dial_fetch(s, n, LOG_TARGET_STDERR);
	dup2(program_stderr, LOG_TARGET_STDERR);
	sys_close(program_stderr);
	context.log_limit = &limits[source.pid % LIMITS];
	log_write(&context, &source, event);
	dup2(STDIN_FILENO, LOG_TARGET_STDERR); /* both were /dev/null */
}

static void answer(const struct supervisor *supervisor, const struct seccomp_notif *notification)
{
	struct log_event event;
	const long result = dial_decide(supervisor, notification, &event);
	struct seccomp_notif_resp response = {
		.id = notification->id,
		.val = result > 0 ? result : 0,
		.error = result < 0 ? (int)result : 0,
		.flags = result == DIAL_CONTINUE ? SECCOMP_USER_NOTIF_FLAG_CONTINUE : 0,
	};

	if (event.action)
		log_event(supervisor, notification, &event);
	dial_request(supervisor, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

/* Answers the dials of the supervised programs one by one, until the last program has ended. */
static void loop(const struct supervisor *supervisor)
{
	struct pollfd listener = {.fd = supervisor->listener, .events = POLLIN};
	int failures = 0;

	/* The kernel switches to the program at once. Without this it only takes longer. */
	dial_request(supervisor, NOTIFY_SET_FLAGS, (void *)1);
	/* poll() first: before Linux 6.11 receiving does not return when the last program ends. */
	while (failures < MAX_FAILURES &&
	       (poll(&listener, 1, -1) < 0 || listener.revents & POLLIN)) {
		struct seccomp_notif notification = {.id = 0}; /* the kernel requires zeros */
		const long r = dial_request(supervisor, SECCOMP_IOCTL_NOTIF_RECV, &notification);
		if (r == 0)
			answer(supervisor, &notification);
		/* These two errors mean that the program was killed or interrupted. */
		failures = r == 0 || r == -ENOENT || r == -EINTR ? 0 : failures + 1;
	}
}

/*
 * Unmaps the pages of the program's constant segments, most of which only the start needed. A page
 * fault maps the pages around it too, within the mapping, so advice splits it into small mappings.
 */
static int unmap(struct dl_phdr_info *object, size_t size, void *data)
{
	const uintptr_t page = (uintptr_t)getpagesize();

	(void)size;
	(void)data;
	for (int i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
		const uintptr_t start = object->dlpi_addr + segment->p_vaddr;

		if (segment->p_type != PT_LOAD || segment->p_flags & PF_W)
			continue;
		for (uintptr_t at = start & -page; at < start + segment->p_memsz; at += page) {
			char *one = (char *)at; /* NOLINT(performance-no-int-to-ptr) */
			madvise(one, page, at / page & 2 ? MADV_RANDOM : MADV_NORMAL);
			madvise(one, page, MADV_DONTNEED);
		}
	}
	return 0;
}

/* A copy of the descriptor that the launcher offers; a negative errno: -EPIPE where it is gone. */
static int take(int launcher)
{
	static const int here = 1; /* at the same address in the launcher */
	const uint32_t pid = (uint32_t)launcher;
	int number, there = 0, copy = -EPERM;

	if (recv(END, &number, sizeof(number), 0) != sizeof(number))
		return -EPIPE;
	const int pidfd = target_pidfd(pid);
	if (target_read(pid, (uintptr_t)&here, &there, sizeof(there)))
		copy = target_descriptor(pidfd, number);
	sys_close(pidfd);
	number = copy < 0 ? copy : 0;
	send(END, &number, sizeof(number), MSG_NOSIGNAL);
	return copy;
}

_Noreturn void process_run(const struct context *context, int end, int launcher)
{
	struct supervisor supervisor = {.context = context};
	const int pid = getpid();
	int test;

	detach(end, launcher);
	supervisor.netns = dial_netns(END); /* of any socket */
	supervisor.range_fd = open(DIAL_RANGE_FILE, O_RDONLY | O_CLOEXEC);
	send(END, &pid, sizeof(pid), MSG_NOSIGNAL);
	while ((test = take(launcher)) == -EPERM)
		;
	sys_close(test);
	supervisor.listener = take(launcher);
	sys_close(END);
	dl_iterate_phdr(unmap, NULL);
	if (supervisor.listener >= 0)
		loop(&supervisor);
	_exit(0);
}
