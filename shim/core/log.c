/* SPDX-License-Identifier: MIT */
/* The line for each self-connection met, where and when it may be written. */
#include "log.h"

#include <stdatomic.h>
#include <stddef.h>
#include <time.h>

#include "errnames.h"
#include "write_line.h"
#include "text.h"

enum { LINES_A_SECOND = 10, STDERR = 2 };

/*
 * When each of the latest ten lines was written, in milliseconds of the monotonic clock: a line
 * may follow when the one ten before it is a second old. Single words, so that no lock is needed;
 * they live as long as the process, and a forked one begins anew.
 */
static _Atomic uint32_t written_at[LINES_A_SECOND];
static _Atomic uint32_t lines;

/* Lines that were not written since the last one that was. */
static _Atomic uint32_t dropped;

/* The process that the three above are counted for. */
static _Atomic long counted_for;

static void begin_anew_after_fork(void)
{
	const long pid = sys_pid();
	if (atomic_exchange(&counted_for, pid) == pid)
		return;
	for (int i = 0; i < LINES_A_SECOND; i++)
		atomic_store(&written_at[i], 0);
	atomic_store(&dropped, 0);
}

static bool may_write(void)
{
	struct moment clock;
	if (sys_now(CLOCK_MONOTONIC, &clock) < 0)
		return true;
	/* Never 0, which is no time at all. */
	const uint32_t now = (uint32_t)(clock.seconds * 1000 + clock.nanoseconds / 1000000) | 1;
	uint32_t line, then;
	_Atomic uint32_t *slot;
	do {
		line = atomic_load(&lines);
		slot = &written_at[line % LINES_A_SECOND];
		then = atomic_load(slot);
		if (then && now - then < 1000)
			return false;
	} while (!atomic_compare_exchange_strong(slot, &then, now));
	atomic_store(&lines, line + 1);
	return true;
}

struct log_stderr log_find_stderr(const char *journal_stream)
{
	struct log_stderr at_start = {.known = false};
	struct text names_it;

	at_start.known = sys_identity(STDERR, &at_start.identity) == 0;
	if (!at_start.known || !journal_stream)
		return at_start;
	/* JOURNAL_STREAM is "device:inode", in decimal, as stat() numbers devices. */
	const uint64_t major = at_start.identity.major, minor = at_start.identity.minor;
	text_start(&names_it);
	text_number(&names_it, (minor & 0xff) | (major & 0xfff) << 8 | (minor & ~0xffULL) << 12 |
				       (major & ~0xfffULL) << 32);
	text_char(&names_it, ':');
	text_number(&names_it, at_start.identity.inode);
	text_char(&names_it, '\0');
	at_start.is_journal = text_same(names_it.at, journal_stream);
	return at_start;
}

static bool is_still(const struct log_stderr *at_start)
{
	struct file_identity now;
	return at_start->known && sys_identity(STDERR, &now) == 0 &&
	       now.major == at_start->identity.major && now.minor == at_start->identity.minor &&
	       now.inode == at_start->identity.inode;
}

static void result_text(struct text *line, long result)
{
	if (result >= 0) {
		text_string(line, "OK");
		return;
	}
	const char *name = errnames_name((int)-result);
	if (name)
		text_string(line, name);
	else
		text_number(line, (uint64_t)-result);
}

static void entry_text(struct text *line, const struct log_entry *entry, uint32_t lost)
{
	char comm[16] = "";

	sys_thread_name(comm);
	text_string(line, "noself[");
	text_number(line, (uint64_t)sys_pid());
	text_string(line, "]: comm=");
	text_safe(line, comm, sizeof(comm));
	text_string(line, " fd=");
	text_number(line, (uint64_t)entry->fd);
	text_string(line, " self=");
	text_endpoint(line, &entry->self);
	text_string(line, " action=");
	text_string(line, entry->action);
	text_string(line, " tries=");
	text_number(line, (uint64_t)entry->tries);
	text_string(line, " result=");
	result_text(line, entry->result);
	if (lost) {
		text_string(line, " dropped=");
		text_number(line, lost);
	}
	text_end(line);
}

void log_write(const struct settings *settings, const struct log_stderr *stderr_at_start,
	       const struct log_entry *entry)
{
	struct text line;
	struct moment now;
	bool written = false;

	if (settings->log == LOG_OFF || (settings->log == LOG_STDERR && !is_still(stderr_at_start)))
		return;
	begin_anew_after_fork();
	if (!may_write()) {
		atomic_fetch_add(&dropped, 1);
		return;
	}
	const uint32_t lost = atomic_exchange(&dropped, 0);
	text_start(&line);
	if (settings->log == LOG_FILE) {
		if (sys_now(CLOCK_REALTIME, &now) == 0) {
			text_utc(&line, now.seconds, now.nanoseconds);
			text_char(&line, ' ');
		}
		entry_text(&line, entry, lost);
		written = write_line_to_file(settings->log_path, &line);
	} else {
		if (stderr_at_start->is_journal)
			text_string(&line, "<4>");
		entry_text(&line, entry, lost);
		written = write_line(STDERR, &line);
	}
	if (!written)
		atomic_fetch_add(&dropped, lost + 1);
}
