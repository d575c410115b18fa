/* SPDX-License-Identifier: MIT */
/* What is found out once, when the library is loaded, and constant from then on. */
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "core/write_line.h"
#include "core/sys.h"
#include "core/text.h"

enum { STDERR = 2, LONGEST_VALUE_SHOWN = 64 };

extern char **__environ; /* the name that every C library has as its own */

/* Written by the constructor, published through load_done; they live as long as the process. */
static struct load at_start;
/* Behind the rest, in a section of its own: no page of it is touched where it is not used. */
static char log_path[PATH_MAX] __attribute__((section(".bss.log_path")));
const struct load *_Atomic load_done;

/* The auxiliary vector, by a file that a process with capabilities of its own may not read. */
static long read_auxv_file(unsigned long *entries, size_t size)
{
	const long fd = sys_open("/proc/self/auxv", O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	const long got = sys_read((int)fd, entries, size);
	sys_close((int)fd);
	return got;
}

/*
 * AT_SECURE, from the kernel: getauxval() is younger than the C libraries this has to load into.
 * Where it cannot be learnt the answer is yes, but for a system without /proc, where a changed user
 * or group is all that can be seen.
 */
static bool is_secure_execution(void)
{
	enum { MOST = 128 };
	unsigned long entries[MOST];

	/* valgrind does not know the call that fills them. */
	for (int i = 0; i < MOST; i++)
		entries[i] = 0;
	long size = sys_auxv(entries, sizeof(entries));
	if (size < 0)
		size = read_auxv_file(entries, sizeof(entries));
	for (long i = 0; (i + 2) * (long)sizeof(*entries) <= size; i += 2)
		if (entries[i] == AT_SECURE)
			return entries[i + 1] != 0;
	return size != -ENOENT || sys_ids_differ();
}

static void complain(const struct settings_complaint *complaint)
{
	struct text line;
	text_start(&line);
	text_string(&line, "noself: ");
	text_string(&line, complaint->variable);
	text_string(&line, "=");
	text_safe(&line, complaint->value, LONGEST_VALUE_SHOWN);
	text_string(&line, ": expected ");
	text_string(&line, complaint->expected);
	text_string(&line, "; using ");
	text_string(&line, complaint->used);
	text_end(&line);
	/* Nobody to tell is no reason to do anything else. */
	write_line(STDERR, &line);
}

static void read_environment(struct load *load, bool aloud)
{
	struct settings_complaint complaint;
	const char *journal_stream = NULL;
	bool allowed = false;

	load->settings = settings_default;
	load->stderr_at_start = (struct log_stderr){.known = false};
	for (char **e = __environ; e && *e; e++) {
		if (!journal_stream)
			journal_stream = text_after(*e, "JOURNAL_STREAM=");
		if (!text_after(*e, "NOSELF_"))
			continue;
		/* Asked only where it matters, for it is most of the time that loading takes. */
		if (!allowed && is_secure_execution())
			return;
		allowed = true;
		if (settings_read(&load->settings, *e, &complaint) == SETTINGS_BAD && aloud)
			complain(&complaint);
	}
	if (load->settings.log == LOG_STDERR)
		load->stderr_at_start = log_find_stderr(journal_stream);
}

static void find_out(struct load *load, bool aloud)
{
	const int errno_before = errno;
	next_find(&load->next);
	read_environment(load, aloud);
	load->stack_end = NULL;
	errno = errno_before;
}

const struct load *load_get(struct load *early)
{
	const struct load *done = atomic_load_explicit(&load_done, memory_order_acquire);
	if (done)
		return done;
	find_out(early, false);
	return early;
}

/* The environment is the program's to overwrite: what is kept of it is kept in a copy. */
static void keep_log_path(struct settings *settings)
{
	unsigned i = 0;
	if (settings->log != LOG_FILE)
		return;
	for (; settings->log_path[i]; i++)
		log_path[i] = settings->log_path[i];
	log_path[i] = '\0';
	settings->log_path = log_path;
}

__attribute__((constructor)) static void load_start(void)
{
	find_out(&at_start, true);
	keep_log_path(&at_start.settings);
	/* The kernel puts the environment at the far end of the first stack, above this frame. */
	const char *here = __builtin_frame_address(0);
	if ((const char *)__environ > here)
		at_start.stack_end = (const char *)__environ;
	atomic_store_explicit(&load_done, &at_start, memory_order_release);
}
