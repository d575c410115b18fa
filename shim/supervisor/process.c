/* SPDX-License-Identifier: MIT */
/* The supervisor's process: on its own, deaf to signals, with nothing of the launcher's open. */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "core/sys.h"
#include "core/text.h"
#include "dial.h"
#include "footprint.h"

enum { END = 3 };

/* SECCOMP_IOCTL_NOTIF_SET_FLAGS and SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP, Linux 6.6. */
#define NOTIFY_SET_FLAGS _IOW('!', 4, uint64_t)
#define NOTIFY_SYNC_WAKE_UP ((void *)1)

/* Keeps the launcher's channel, as descriptor 3, and nothing else. */
static void close_all_but(int end)
{
	end = fcntl(end, F_DUPFD, END);
	dup2(end, END);
	sys_close_range(END + 1, ~0U);
	sys_close_range(0, 2);
	if (open("/dev/null", O_RDWR) == 0) {
		dup2(0, 1);
		dup2(0, 2);
	}
}

/* A command that is allowed three descriptors must not have a supervisor with three. */
static void allow_descriptors(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* The name "noself:PID" tells noselfctl whose supervisor this is. */
static void name_after(int launcher)
{
	struct text name;

	text_start(&name);
	text_string(&name, "noself:");
	text_number(&name, (uint64_t)launcher);
	text_char(&name, '\0');
	prctl(PR_SET_NAME, name.at);
}

static void detach(int end, int launcher)
{
	/* systemd, among others, sends signals to all of a service; the command must end first. */
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_IGN);
	setsid();
	if (chdir("/") < 0)
		errno = 0; /* then it stays where it is */
	allow_descriptors();
	close_all_but(end);
	name_after(launcher);
}

/*
 * So often receiving may fail in a row. Something forbids it then, and without a listener a dial
 * fails at once with ENOSYS, which is better than one that waits for ever.
 */
enum { MOST_FAILURES = 1000 };

/*
 * Logs the event as the library would in the program: with its pid and the thread's name, to the
 * file of the settings or to the program's own stderr.
 */
static void log_event(const struct supervisor *s, uint32_t tid, const struct log_event *event)
{
	/* The lines of processes that share one of these are limited worse, as their pids
	 * alternate. */
	static struct log_limit limits[16];
	struct context context = *s->context;
	const uint32_t pid = target_process(tid);
	char name[16];

	if (context.settings.log == LOG_OFF)
		return;
	/* There the library sees this dial too, and does it over: it writes the line. */
	if (event->result >= 0 && target_maps(tid, "/libnoself.so"))
		return;
	target_name(tid, name);
	const struct log_source source = {(long)pid, name};
	const int program_stderr = target_descriptor(&s->target, LOG_TARGET_STDERR);
	if (program_stderr >= 0) {
		dup2(program_stderr, LOG_TARGET_STDERR);
		close(program_stderr);
	}
	context.log_limit = &limits[pid % (sizeof(limits) / sizeof(*limits))];
	log_write(&context, &source, event);
	dup2(STDIN_FILENO, LOG_TARGET_STDERR); /* both were /dev/null */
}

static void answer(struct supervisor *supervisor, const struct seccomp_notif *notification)
{
	struct seccomp_notif_resp response = {.id = notification->id};
	struct log_event event;
	const long result = dial_decide(supervisor, notification, &event);

	if (event.action)
		log_event(supervisor, notification->pid, &event);
	if (result == DIAL_CONTINUE)
		response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	else if (result < 0)
		response.error = (int32_t)result;
	else
		response.val = result;
	dial_request(supervisor, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

/* Waits up to that many milliseconds, -1 for ever, for a dial or the end of the last program. */
static bool has_ended(int listener, int patience)
{
	struct pollfd one = {.fd = listener, .events = POLLIN};
	return poll(&one, 1, patience) > 0 && !(one.revents & POLLIN);
}

/*
 * Whether receiving ends when the last program does. Without poll() before it a dial is received
 * sooner, so that fewer signals interrupt one before that.
 */
static bool receiving_ends(void)
{
	struct utsname system;
	char *rest;

	if (uname(&system) < 0)
		return false;
	const unsigned long major = strtoul(system.release, &rest, 10);
	return major > 6 || (major == 6 && *rest == '.' && strtoul(rest + 1, NULL, 10) >= 11);
}

/* Answers the dials of the supervised programs, one after another, until the last has ended. */
static void loop(struct supervisor *supervisor)
{
	const int listener = supervisor->listener;
	const bool must_poll = !receiving_ends();
	int failures = 0;

	/* The program's processor takes over at once. Else it only takes longer. */
	dial_request(supervisor, NOTIFY_SET_FLAGS, NOTIFY_SYNC_WAKE_UP);
	while (failures < MOST_FAILURES && !(must_poll && has_ended(listener, -1))) {
		struct seccomp_notif notification = {.id = 0}; /* the kernel wants zeros */
		const long r = dial_request(supervisor, SECCOMP_IOCTL_NOTIF_RECV, &notification);
		if (r == 0)
			answer(supervisor, &notification);
		if (r == -ENOENT && has_ended(listener, 0))
			break;
		/* With these two the program was killed or interrupted in the meantime. */
		failures = r == 0 || r == -ENOENT || r == -EINTR ? 0 : failures + 1;
	}
}

static void tell(int number)
{
	send(END, &number, sizeof(number), MSG_NOSIGNAL);
}

/* A copy of the descriptor that the launcher offers; a negative errno: -EPIPE where it is gone. */
static int take(struct target *launcher, uint32_t pid)
{
	static const int here = 1; /* at the same address in the launcher */
	int number, copy = 0;

	if (recv(END, &number, sizeof(number), 0) != sizeof(number))
		return -EPIPE;
	if (!target_read(pid, (uintptr_t)&here, &copy, sizeof(copy)))
		copy = -EPERM;
	else if ((copy = target_hold(launcher, pid)) == 0)
		copy = target_descriptor(launcher, number);
	tell(copy < 0 ? copy : 0);
	return copy;
}

_Noreturn void process_run(const struct context *context, int end, int launcher)
{
	struct supervisor supervisor = {.context = context, .target = {.pidfd = -1}};
	int test;

	detach(end, launcher);
	netns_open(&supervisor.netns);
	tell(getpid());
	while ((test = take(&supervisor.target, (uint32_t)launcher)) == -EPERM)
		;
	sys_close(test);
	if (test >= 0)
		supervisor.listener = take(&supervisor.target, (uint32_t)launcher);
	if (test >= 0 && supervisor.listener >= 0) {
		sys_close(END);
		footprint_reduce();
		loop(&supervisor);
	}
	_exit(0);
}
