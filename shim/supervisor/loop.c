/* SPDX-License-Identifier: MIT */
/* Answers the dials of the supervised programs, one after another, until the last has ended. */
#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "core/sys.h"
#include "report.h"

/*
 * So often receiving may fail in a row. Something forbids it then, and without a listener a dial
 * fails at once with ENOSYS, which is better than one that waits for ever.
 */
enum { MOST_FAILURES = 1000 };

/* Fails with ENOENT or EINTR where the program was killed or interrupted in the meantime. */
static long receive(const struct supervisor *supervisor, struct seccomp_notification *notification)
{
	*notification = (struct seccomp_notification){.id = 0}; /* the kernel wants zeros */
	return notify(supervisor->listener, NOTIFY_RECEIVE, notification);
}

static void answer(struct supervisor *supervisor, struct report *report,
		   const struct seccomp_notification *notification)
{
	struct seccomp_answer to_kernel = {.id = notification->id};
	struct log_event event;
	const long result = dial_decide(supervisor, notification, &event);

	if (event.action)
		report_event(report, supervisor->context, &supervisor->target, notification,
			     &event);
	if (result == DIAL_CONTINUE)
		to_kernel.flags = ANSWER_CONTINUE;
	else if (result < 0)
		to_kernel.error = (int32_t)result;
	else
		to_kernel.value = result;
	notify(supervisor->listener, NOTIFY_SEND, &to_kernel);
}

/* Waits up to that many milliseconds, -1 for ever, for a dial or the end of the last program. */
static bool has_ended(int listener, int patience)
{
	struct pollfd one = {.fd = listener, .events = POLLIN};
	return poll(&one, 1, patience) > 0 && !(one.revents & POLLIN);
}

bool loop_receiving_ends(void)
{
	struct utsname system;
	int major = 0, minor = 0;

	return uname(&system) == 0 && sscanf(system.release, "%d.%d", &major, &minor) == 2 &&
	       (major > 6 || (major == 6 && minor >= 11));
}

void loop_run(struct supervisor *supervisor, int listener)
{
	struct report report = {.writer = -1};
	struct seccomp_notification notification;
	int failures = 0;

	supervisor->listener = listener;
	/* Linux 6.6: the program's processor takes over at once. Else it only takes longer. */
	notify(listener, NOTIFY_SET_FLAGS, (void *)NOTIFY_SYNC_WAKE_UP);
	while (failures < MOST_FAILURES &&
	       (supervisor->receiving_ends || !has_ended(listener, -1))) {
		const long r = receive(supervisor, &notification);
		if (r == 0)
			answer(supervisor, &report, &notification);
		if (r == -ENOENT && has_ended(listener, 0))
			break;
		failures = r == 0 || r == -ENOENT || r == -EINTR ? 0 : failures + 1;
	}
	target_forget(&supervisor->target);
	sys_close(listener);
}
