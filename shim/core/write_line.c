/* SPDX-License-Identifier: MIT */
/* One line, one write, and nobody is the worse for it: no signal, no waiting. */
#define _GNU_SOURCE
#include "write_line.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

#include "sys.h"

static uint64_t only(int signal)
{
	return (uint64_t)1 << (signal - 1);
}

bool write_line(int fd, const struct text *line)
{
	/*
	 * What a write can raise: a broken pipe, a file at its limit, a terminal that stops
	 * background jobs. All of them come to this thread, so that holding them here is enough.
	 */
	const uint64_t raised = only(SIGPIPE) | only(SIGXFSZ) | only(SIGTTOU);
	uint64_t before, pending = 0;

	if (sys_writable(fd) != 1 || sys_block_signals(raised, &before) < 0)
		return false;
	sys_pending_signals(&pending);
	const long written = sys_write(fd, line->at, line->length);
	/* One that was pending already is the program's own, and stays. */
	if (written == -EPIPE && !(pending & only(SIGPIPE)))
		sys_take_signal(only(SIGPIPE));
	if (written == -EFBIG && !(pending & only(SIGXFSZ)))
		sys_take_signal(only(SIGXFSZ));
	sys_restore_signals(before);
	return written == (long)line->length;
}

bool write_line_to_file(const char *path, const struct text *line)
{
	/* O_NONBLOCK: a FIFO without a reader is an error at once. */
	const long fd = sys_open(path,
				 O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW |
					 O_NONBLOCK | O_LARGEFILE,
				 0644);
	if (fd < 0)
		return false;
	const bool said = write_line((int)fd, line);
	sys_close((int)fd);
	return said;
}
