/* SPDX-License-Identifier: MIT */
/* Writes one line in one write(); never blocks, never raises a signal. */
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

/* Opens the descriptor's file anew: O_NONBLOCK on the shared one would affect other processes. */
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

/* Opens the controlling terminal, which is allowed also after su(1), if `fd` is the same one. */
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
 * poll() does not tell whether a write to a terminal blocks, nor to a pipe with other writers. The
 * line for these is written to a newly opened non-blocking descriptor. If a pipe cannot be opened,
 * poll() decides: a line is shorter than the free space that it promises.
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

/* Calls `write` so that none of the signals that it raises reaches the program. */
static bool write_quietly(long (*write)(int, const struct text *), int fd, const struct text *line)
{
	/*
	 * For a broken pipe, a file at its size limit, and a terminal that stops background jobs.
	 * The kernel sends all of them to this thread, so blocking them here is enough.
	 */
	const uint64_t raised = only(SIGPIPE) | only(SIGXFSZ) | only(SIGTTOU);
	uint64_t before, pending = 0;

	if (sys_block_signals(raised, &before) < 0)
		return false;
	sys_pending_signals(&pending);
	const long written = write(fd, line);
	/* A signal that was pending before belongs to the program and stays. */
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
