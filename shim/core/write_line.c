/* SPDX-License-Identifier: MIT */
/* Writes one line in one write. Never waits, and raises no signal in the program. */
#define _GNU_SOURCE
#include "write_line.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include "sys.h"

enum { OWN_FLAGS = O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_LARGEFILE };

static uint64_t only(int signal)
{
	return (uint64_t)1 << (signal - 1);
}

/* Opens the file behind a descriptor again: O_NONBLOCK must not be set for all who share it. */
static long open_again(int fd)
{
	enum { NUMBER = 14 };
	char path[] = "/proc/self/fd/0";

	if (fd > 9) /* stderr is 2 */
		return -EBADF;
	path[NUMBER] = (char)('0' + fd);
	return sys_open(path, OWN_FLAGS, 0);
}

static bool is_same_terminal(int a, int b)
{
	uint32_t one, other;
	return sys_terminal(a, &one) >= 0 && sys_terminal(b, &other) >= 0 && one == other;
}

/* The controlling terminal, which a program may open after su(1) too, if it is the one of `fd`. */
static long open_terminal(int fd)
{
	const long own = sys_open("/dev/tty", OWN_FLAGS, 0);
	if (own < 0 || is_same_terminal((int)own, fd))
		return own;
	sys_close((int)own);
	return -EACCES;
}

static long write_all(int fd, const struct text *line)
{
	return sys_write(fd, line->at, line->length);
}

static long write_and_close(long fd, const struct text *line)
{
	if (fd < 0)
		return fd;
	const long written = write_all((int)fd, line);
	sys_close((int)fd);
	return written;
}

static long write_if_ready(int fd, const struct text *line)
{
	return sys_writable(fd) == 1 ? write_all(fd, line) : -EAGAIN;
}

/*
 * poll() does not tell whether a write to a terminal waits, nor, where others write to it too, one
 * to a pipe: these are written to through a description that does not wait. Where a pipe cannot be
 * opened, poll() has to do: a line is shorter than the room that it promises.
 */
static long write_now(int fd, const struct text *line)
{
	struct file_identity file = {.mode = 0};
	const long sent = sys_send_nowait(fd, line->at, line->length);

	if (sent != -ENOTSOCK)
		return sent;
	sys_identity(fd, &file);
	if (!S_ISCHR(file.mode) && !S_ISFIFO(file.mode))
		return write_if_ready(fd, line);
	long own = open_again(fd);
	if (own < 0 && S_ISFIFO(file.mode))
		return write_if_ready(fd, line);
	if (own < 0)
		own = open_terminal(fd);
	return write_and_close(own, line);
}

/* Calls `write` without the signals that it may raise. */
static bool write_quietly(long (*write)(int, const struct text *), int fd, const struct text *line)
{
	/*
	 * A broken pipe, a file at its limit, a terminal that stops background jobs. All of them
	 * come to this thread, so that holding them here is enough.
	 */
	const uint64_t raised = only(SIGPIPE) | only(SIGXFSZ) | only(SIGTTOU);
	uint64_t before, pending = 0;

	if (sys_block_signals(raised, &before) < 0)
		return false;
	sys_pending_signals(&pending);
	const long written = write(fd, line);
	/* One that was pending already is the program's own, and stays. */
	if (written == -EPIPE && !(pending & only(SIGPIPE)))
		sys_take_signal(only(SIGPIPE));
	if (written == -EFBIG && !(pending & only(SIGXFSZ)))
		sys_take_signal(only(SIGXFSZ));
	sys_restore_signals(before);
	return written == (long)line->length;
}

bool write_line(int fd, const struct text *line)
{
	return write_quietly(write_now, fd, line);
}

bool write_line_to_file(const char *path, const struct text *line)
{
	/* O_NONBLOCK: a FIFO without a reader is an error at once. */
	const long fd = sys_open(path, OWN_FLAGS | O_APPEND | O_CREAT | O_NOFOLLOW, 0644);
	if (fd < 0)
		return false;
	const bool is_written = write_quietly(write_all, (int)fd, line);
	sys_close((int)fd);
	return is_written;
}
