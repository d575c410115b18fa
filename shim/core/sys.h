/* SPDX-License-Identifier: MIT */
/* System calls that no other preloaded library intercepts, and that are no cancellation points. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "raw_syscall.h"

/* Each returns what the kernel returned, or a negative errno. None changes the thread's errno. */
static inline long sys_getsockname(int fd, void *address, socklen_t *length)
{
	return SYSCALL(SYS_getsockname, fd, address, length);
}
long sys_getpeername(int fd, void *address, socklen_t *length);
long sys_connect(int fd, const void *address, socklen_t length);
long sys_bind(int fd, const void *address, socklen_t length);
long sys_get_option(int fd, int level, int name, int *value);
/* Writes at most `size` bytes to `value`. */
long sys_get_option_bytes(int fd, int level, int name, void *value, socklen_t size);
long sys_set_option(int fd, int level, int name, int value);
/* The same with four bytes of the program's memory; -EFAULT if they cannot be read. */
long sys_set_option_from(int fd, int level, int name, const void *value);

long sys_open(const char *path, int flags, int mode);
long sys_close(int fd);
/* Linux 5.9. */
long sys_close_range(unsigned first, unsigned last);
long sys_read(int fd, void *buffer, size_t size);
long sys_write(int fd, const void *buffer, size_t size);
/* To a socket: never waits, raises no SIGPIPE; -ENOTSOCK for anything else. */
long sys_send_nowait(int fd, const void *buffer, size_t size);
/* 1 if poll() says that a write to fd would not block, else 0. */
long sys_writable(int fd);
/* The device number of the terminal, or -ENOTTY. */
long sys_terminal(int fd, uint32_t *device);
/* Whether this process may access a path; `how` is W_OK, X_OK or both. 0 or a negative errno. */
long sys_access(const char *path, int how);

/* Whether fd is non-blocking: 1 or 0. */
long sys_nonblocking(int fd);

/* Identifies an open file. Needs Linux 4.11 (statx); before that -ENOSYS. */
struct file_identity {
	uint32_t major, minor;
	uint64_t inode;
	uint32_t mode; /* S_IFREG and so on */
};
long sys_identity(int fd, struct file_identity *identity);

/* Signal sets are the kernel's own: bit N - 1 for signal N. */
long sys_block_signals(uint64_t set, uint64_t *before);
long sys_restore_signals(uint64_t before);
long sys_pending_signals(uint64_t *set);
/* Removes one pending signal of the set, without waiting. */
long sys_take_signal(uint64_t set);

/* Seconds and nanoseconds of a CLOCK_… clock. */
struct kernel_timespec {
	int64_t seconds, nanoseconds;
};
long sys_now(int clock, struct kernel_timespec *now);

long sys_pid(void);
/* The calling thread's name, at most 15 bytes and a NUL. */
long sys_thread_name(char name[16]);
/* Copies this process's auxiliary vector; returns its size. Linux 6.4; before that -EINVAL. */
long sys_auxv(void *buffer, size_t size);
/* Whether the effective user or group differs from the real one. */
int sys_ids_differ(void);
