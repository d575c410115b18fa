/* SPDX-License-Identifier: MIT */
/* The supervisor's process: on its own, deaf to signals, with nothing of the launcher's open. */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "channel.h"
#include "core/sys.h"
#include "footprint.h"
#include "loop.h"
#include "title.h"

enum { END = 3 };

/* Keeps the channel's end, as descriptor 3, and nothing else. */
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
	title_set(launcher);
}

/* Whether this process may read that one's memory and copy its descriptors. */
static int try_access(struct target_cache *cache, const struct channel_offer *offer)
{
	const uint32_t pid = (uint32_t)offer->pid;
	uint64_t word;
	long r = target_read(pid, offer->address, &word, sizeof(word));

	if (r >= 0)
		r = target_pidfd(cache, pid);
	if (r >= 0)
		r = target_descriptor(cache, offer->descriptor);
	if (r >= 0)
		sys_close((int)r);
	return r < 0 ? (int)r : 0;
}

/* `own` is where the context's strings are kept, for title_set() writes over the environment. */
static void copy_context(const struct context *context, struct context *own, char path[PATH_MAX])
{
	*own = *context;
	if (context->settings.log != LOG_FILE)
		return;
	strncpy(path, context->settings.log_path, PATH_MAX - 1);
	own->settings.log_path = path;
}

_Noreturn void process_run(const struct context *context, int end, int launcher)
{
	static char path[PATH_MAX];
	struct context own;
	static struct supervisor supervisor; /* zeros */
	struct channel_offer offer = {.listener = -1};

	copy_context(context, &own, path);
	detach(end, launcher);
	supervisor.context = &own;
	supervisor.target.pidfd = -1;
	supervisor.netns = netns_create();
	supervisor.receiving_ends = loop_receiving_ends();
	while (supervisor.netns && channel_receive(END, &offer) == 0) {
		channel_answer(END, try_access(&supervisor.target, &offer));
		if (offer.listener >= 0 && offer.pid == launcher)
			footprint_reduce();
		if (offer.listener >= 0)
			loop_run(&supervisor, offer.listener);
	}
	_exit(0);
}
