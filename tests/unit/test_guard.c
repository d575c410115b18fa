/* SPDX-License-Identifier: MIT */
/* The guard with every result of the kernel, right or wrong, in every order: see search.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include "model_socket.h"
#include "preload/load.h"
#include "search.h"

enum { CHOSEN_ERROR = ELIBBAD, UNTOUCHED = ENOTUNIQ, MAX_SPURIOUS = 1 };

/* For this sequence: the loaded settings, the log, the destination. */
SEARCH_STATE static struct load loaded;
static const struct settings *const settings = &loaded.context.settings;
SEARCH_STATE static struct log_event event;
SEARCH_STATE static struct sockaddr_storage destination;
SEARCH_STATE const struct load *_Atomic load_done;

const struct load *load_get(struct load *early)
{
	*early = loaded;
	return load_done ? load_done : early;
}

void log_write(const struct context *context, const struct log_source *source,
	       const struct log_event *logged)
{
	if (event.action)
		flaw("it is logged twice");
	event = *logged;
}

static long dial(void)
{
	const uint32_t high = (uint32_t)model.range.value >> 16;

	if (!model.changed && model.dials && model.range.value != model.range.own &&
	    (model.range.value & 0xffff) <= MODEL_PORT && (high == 0 || MODEL_PORT <= high))
		flaw("the range that is lent has the port in it");
	if (model.told_pinned && !settings->pinned_allowed)
		flaw("a port that the program chose is dialled from again");
	const long r = model_dial(&destination);
	if (r >= 0)
		return r;
	errno = r == -EIO ? 0 : (int)-r; /* some other library fails without an errno */
	return -1;
}

static int next_connect(int fd, const struct sockaddr *to, socklen_t length)
{
	return (int)dial();
}

static ssize_t next_sendto(int fd, const void *data, size_t size, int flags,
			   const struct sockaddr *to, socklen_t length)
{
	return dial();
}

static ssize_t next_sendmsg(int fd, const struct msghdr *message, int flags)
{
	return dial();
}

static int next_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
	return (int)dial();
}

static bool is_self(void)
{
	return (model.state == SELF || model.state == SELF_COMING) && model.protocol != UDP;
}

/* Whether the socket may be left connected to itself. */
static bool is_allowed(void)
{
	const bool pinned = model.bound == PORT || model.pin_refused;
	return settings->mode >= MODE_OBSERVE || model.earlier || model.blind || model.stuck ||
	       (settings->pinned_allowed && pinned);
}

/* Whether a retry found no more source ports. */
static bool is_exhausted(int tries)
{
	const int empty_sides =
		model.range.own == (int)(MODEL_PORT | (unsigned)MODEL_PORT << 16) ? 2 : 0;
	return tries == settings->retries || (model.told_range && tries + empty_sides == 2);
}

static void check_failed(void)
{
	if (model.state != CLOSED)
		flaw("it says that it failed, and leaves the socket connected");
	if (settings->mode == MODE_RETRY && !model.told_pinned && !is_exhausted(event.tries))
		flaw("it fails though another port could be tried");
}

static void check_event(long result)
{
	const bool is_failed = event.action && !strcmp(event.action, "failed");

	if ((result == -CHOSEN_ERROR) != is_failed)
		flaw("the chosen errno and 'failed' do not go together");
	if (!event.action) {
		if (model.met ||
		    (settings->mode == MODE_OBSERVE && is_self() && !model.blind && !model.earlier))
			flaw("nothing is logged though it met itself");
		if (result != model.last)
			flaw("the program does not get what its dial gave");
		return;
	}
	if (!model.met && settings->mode != MODE_OBSERVE)
		flaw("it logs that it met itself, and did not");
	if (event.fd != MODEL_FD || event.result != result || event.self.port != MODEL_PORT)
		flaw("the event is not the one that was met");
	const bool allowed = !strcmp(event.action, "allowed");
	if (model.dials != 1 + event.tries + model.spurious + allowed)
		flaw("the event has another number of tries");
	if (is_failed) {
		check_failed();
		return;
	}
	const bool observed = !strcmp(event.action, "observed");
	if (observed != (settings->mode == MODE_OBSERVE || model.stuck))
		flaw("'observed' is said of something else");
	if (allowed && !(settings->pinned_allowed && (model.told_pinned || model.pin_refused)))
		flaw("'allowed' is said of something else");
	if (!allowed && !observed && strcmp(event.action, "retried"))
		flaw("an action that is none");
	if (result != model.last)
		flaw("the program does not get what its last dial gave");
	if (model_accepted(result) && model.state == CLOSED)
		flaw("it says that it is connected, and is not");
}

static void check_socket(void)
{
	if (is_self() && !is_allowed())
		flaw("the socket is left connected to itself");
	if (model.range.value != model.range.own && model.range.refused < ATTEMPTS_TO_RESTORE)
		flaw("IP_LOCAL_PORT_RANGE is not given back");
	model_check_lent();
}

static void check(long result)
{
	const bool may_retry = settings->mode == MODE_RETRY;

	if (model.dials >
	    1 + may_retry * (settings->retries + MAX_SPURIOUS) + settings->pinned_allowed)
		flaw("it dials too often");
	if (result >= 0 && errno != UNTOUCHED && !(model.first_failed && errno == 0))
		flaw("errno is changed by a call that succeeds");
	if (model.changed)
		return;
	check_event(result);
	check_socket();
}

static void choose_settings(void)
{
	struct settings *chosen = &loaded.context.settings;

	chosen->mode = (enum mode)choose(MODE_OFF + 1);
	chosen->pinned_allowed = model.pin_matters = !model.is_send && choose(2);
	chosen->retries = chosen->pinned_allowed || model.is_send ? 1 : 3;
	chosen->error = CHOSEN_ERROR;
	/* Before the library's constructor has run. */
	load_done = chosen->mode == MODE_FAIL && choose(2) ? NULL : &loaded;
	describe("mode %d, %d retries, pinned %s, %s\n", (int)chosen->mode, chosen->retries,
		 chosen->pinned_allowed ? "allow" : "fail", model.is_send ? "a send" : "connect()");
}

/* The program's call. */
static long program_dials(const struct sockaddr *to)
{
	const socklen_t size = sizeof(destination);
	struct mmsghdr message = {.msg_hdr = {.msg_name = (void *)to, .msg_namelen = size}};

	if (!model.is_send)
		return connect(MODEL_FD, to, size);
	switch (settings->mode == MODE_FAIL ? choose(3) : 0) {
	case 0:
		return sendto(MODEL_FD, "ping", 4, MSG_FASTOPEN, to, size);
	case 1:
		return sendmsg(MODEL_FD, &message.msg_hdr, MSG_FASTOPEN);
	default:
		return sendmmsg(MODEL_FD, &message, 1, MSG_FASTOPEN);
	}
}

static void guard(void)
{
	loaded.next = (struct next){.connect = next_connect,
				    .sendto = next_sendto,
				    .sendmsg = next_sendmsg,
				    .sendmmsg = next_sendmmsg};
	model.is_send = choose(2);
	choose_settings();
	model.memory_is_bad = choose(2);
	errno = UNTOUCHED;
	long result = program_dials(model.memory_is_bad ? (void *)1 : (void *)&destination);
	if (result < -1)
		flaw("a call that fails does not return -1");
	if (result < 0)
		result = -errno;
	describe("the program gets %s%s%s\n", result < 0 ? strerrorname_np((int)-result) : "0",
		 event.action ? ", log: " : "", event.action ? event.action : "");
	check(result);
}

int main(void)
{
	return search("test_guard", guard);
}
