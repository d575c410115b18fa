/* SPDX-License-Identifier: MIT */
/* System calls that no other preloaded library intercepts, and that are no cancellation points. */
#define _GNU_SOURCE
#include "sys.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "raw_syscall.h"

/* The kernel's signal set is 64 bits wide, whatever libc's sigset_t is. */
enum { SIGNAL_SET_SIZE = 8 };

long sys_getpeername(int fd, void *address, socklen_t *length)
{
	return SYSCALL(SYS_getpeername, fd, address, length);
}

long sys_connect(int fd, const void *address, socklen_t length)
{
	return SYSCALL(SYS_connect, fd, address, length);
}

long sys_bind(int fd, const void *address, socklen_t length)
{
	return SYSCALL(SYS_bind, fd, address, length);
}

long sys_get_option(int fd, int level, int name, int *value)
{
	socklen_t length = sizeof(*value);
	*value = 0;
	return SYSCALL(SYS_getsockopt, fd, level, name, value, &length);
}

long sys_get_option_bytes(int fd, int level, int name, void *value, socklen_t size)
{
	return SYSCALL(SYS_getsockopt, fd, level, name, value, &size);
}

long sys_set_option(int fd, int level, int name, int value)
{
	return sys_set_option_from(fd, level, name, &value);
}

long sys_set_option_from(int fd, int level, int name, const void *value)
{
	return SYSCALL(SYS_setsockopt, fd, level, name, value, sizeof(int));
}

long sys_nonblocking(int fd)
{
	const long flags = SYSCALL(SYS_fcntl, fd, F_GETFL);
	return flags < 0 ? flags : (flags & O_NONBLOCK) != 0;
}

long sys_open(const char *path, int flags, int mode)
{
	return SYSCALL(SYS_openat, AT_FDCWD, path, flags, mode);
}

long sys_close(int fd)
{
	return SYSCALL(SYS_close, fd);
}

long sys_close_range(unsigned first, unsigned last)
{
	enum { CLOSE_RANGE = 436 }; /* on every architecture; many libcs lack the name */
	return SYSCALL(CLOSE_RANGE, first, last);
}

long sys_read(int fd, void *buffer, size_t size)
{
	return SYSCALL(SYS_read, fd, buffer, size);
}

long sys_write(int fd, const void *buffer, size_t size)
{
	return SYSCALL(SYS_write, fd, buffer, size);
}

long sys_send_nowait(int fd, const void *buffer, size_t size)
{
	struct iovec all = {(void *)(uintptr_t)buffer, size};
	const struct msghdr message = {.msg_iov = &all, .msg_iovlen = 1};
	return SYSCALL(SYS_sendmsg, fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

long sys_terminal(int fd, uint32_t *device)
{
	return SYSCALL(SYS_ioctl, fd, TIOCGDEV, device);
}

long sys_access(const char *path, int how)
{
	return SYSCALL(SYS_faccessat, AT_FDCWD, path, how);
}

long sys_writable(int fd)
{
	struct pollfd one = {.fd = fd, .events = POLLOUT};
	/* Zero reads the same as a 32-bit and as a 64-bit timespec. */
	int64_t no_wait[2] = {0, 0};
	long ready = SYSCALL(SYS_ppoll, &one, 1, no_wait, 0, SIGNAL_SET_SIZE);
	return ready < 0 ? ready : (one.revents & POLLOUT) != 0;
}

/* struct statx and its mask bits, as in linux/stat.h: many libcs lack them. */
struct status {
	uint32_t before_mode[7];
	uint16_t mode, after_mode;
	uint64_t inode;
	uint32_t before_device[24];
	uint32_t device_major, device_minor;
	uint32_t after_device[28];
};
_Static_assert(sizeof(struct status) == 256, "the size that the kernel writes");
enum { STATUS_TYPE = 1, STATUS_INODE = 0x100 };

long sys_identity(int fd, struct file_identity *identity)
{
	struct status seen;
	long r = SYSCALL(SYS_statx, fd, "", AT_EMPTY_PATH, STATUS_TYPE | STATUS_INODE, &seen);
	if (r < 0)
		return r;
	identity->major = seen.device_major;
	identity->minor = seen.device_minor;
	identity->inode = seen.inode;
	identity->mode = seen.mode;
	return 0;
}

long sys_block_signals(uint64_t set, uint64_t *before)
{
	return SYSCALL(SYS_rt_sigprocmask, SIG_BLOCK, &set, before, SIGNAL_SET_SIZE);
}

long sys_restore_signals(uint64_t before)
{
	return SYSCALL(SYS_rt_sigprocmask, SIG_SETMASK, &before, 0, SIGNAL_SET_SIZE);
}

long sys_pending_signals(uint64_t *set)
{
	return SYSCALL(SYS_rt_sigpending, set, SIGNAL_SET_SIZE);
}

long sys_take_signal(uint64_t set)
{
	int64_t no_wait[2] = {0, 0};
	return SYSCALL(SYS_rt_sigtimedwait, &set, 0, no_wait, SIGNAL_SET_SIZE);
}

long sys_now(int clock, struct kernel_timespec *now)
{
#ifdef SYS_clock_gettime64
	/* A 32-bit machine: the call that works after 2038, from Linux 5.1 on. */
	if (SYSCALL(SYS_clock_gettime64, clock, now) == 0)
		return 0;
#endif
	long spec[2]; /* the kernel's timespec, in words of this machine */
	long r = SYSCALL(SYS_clock_gettime, clock, spec);
	if (r < 0)
		return r;
	*now = (struct kernel_timespec){.seconds = spec[0], .nanoseconds = spec[1]};
	return 0;
}

long sys_pid(void)
{
	return SYSCALL(SYS_getpid);
}

long sys_thread_name(char name[16])
{
	return SYSCALL(SYS_prctl, PR_GET_NAME, name);
}

long sys_auxv(void *buffer, size_t size)
{
	enum { GET_AUXV = 0x41555856 }; /* PR_GET_AUXV; many libcs lack the name */
	return SYSCALL(SYS_prctl, GET_AUXV, buffer, size);
}

int sys_ids_differ(void)
{
	return SYSCALL(SYS_getuid) != SYSCALL(SYS_geteuid) ||
	       SYSCALL(SYS_getgid) != SYSCALL(SYS_getegid);
}
