/* SPDX-License-Identifier: MIT */
/* The kernel asked directly: past every other interposer, and never a point of cancellation. */
#define _GNU_SOURCE
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's signal set is 64 bits wide, whatever libc's sigset_t is. */
enum { SIGNAL_SET_SIZE = 8 };

static long result(long returned)
{
	return returned == -1 ? -errno : returned;
}

long sys_getsockname(int fd, void *address, socklen_t *length)
{
	return result(syscall(SYS_getsockname, fd, address, length));
}

long sys_getpeername(int fd, void *address, socklen_t *length)
{
	return result(syscall(SYS_getpeername, fd, address, length));
}

long sys_connect(int fd, const void *address, socklen_t length)
{
	return result(syscall(SYS_connect, fd, address, length));
}

long sys_bind(int fd, const void *address, socklen_t length)
{
	return result(syscall(SYS_bind, fd, address, length));
}

long sys_get_option(int fd, int level, int name, int *value)
{
	socklen_t length = sizeof(*value);
	*value = 0;
	return result(syscall(SYS_getsockopt, fd, level, name, value, &length));
}

long sys_set_option(int fd, int level, int name, int value)
{
	return sys_set_option_from(fd, level, name, &value);
}

long sys_set_option_from(int fd, int level, int name, const void *value)
{
	return result(syscall(SYS_setsockopt, fd, level, name, value, (socklen_t)sizeof(int)));
}

long sys_open(const char *path, int flags, int mode)
{
	return result(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

long sys_close(int fd)
{
	return result(syscall(SYS_close, fd));
}

long sys_read(int fd, void *buffer, size_t size)
{
	return result(syscall(SYS_read, fd, buffer, size));
}

long sys_write(int fd, const void *buffer, size_t size)
{
	return result(syscall(SYS_write, fd, buffer, size));
}

long sys_writable(int fd)
{
	struct pollfd one = {.fd = fd, .events = POLLOUT};
	/* Zero reads the same as a 32-bit and as a 64-bit timespec. */
	int64_t no_wait[2] = {0, 0};
	long ready = result(syscall(SYS_ppoll, &one, 1, no_wait, NULL, (size_t)SIGNAL_SET_SIZE));
	return ready < 0 ? ready : (one.revents & POLLOUT) != 0;
}

/* struct statx and what it is asked for, as in linux/stat.h: many a libc has none of it. */
struct status {
	uint32_t before_inode[8];
	uint64_t inode;
	uint32_t before_device[24];
	uint32_t device_major, device_minor;
	uint32_t after_device[28];
};
_Static_assert(sizeof(struct status) == 256, "the kernel writes so much");
enum { STATUS_INODE = 0x100 };

long sys_identity(int fd, struct file_identity *identity)
{
	struct status seen;
	long r = result(syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATUS_INODE, &seen));
	if (r < 0)
		return r;
	identity->major = seen.device_major;
	identity->minor = seen.device_minor;
	identity->inode = seen.inode;
	return 0;
}

long sys_block_signals(uint64_t set, uint64_t *before)
{
	return result(
		syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, before, (size_t)SIGNAL_SET_SIZE));
}

long sys_restore_signals(uint64_t before)
{
	return result(
		syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, (size_t)SIGNAL_SET_SIZE));
}

long sys_pending_signals(uint64_t *set)
{
	return result(syscall(SYS_rt_sigpending, set, (size_t)SIGNAL_SET_SIZE));
}

long sys_take_signal(uint64_t set)
{
	int64_t no_wait[2] = {0, 0};
	return result(syscall(SYS_rt_sigtimedwait, &set, NULL, no_wait, (size_t)SIGNAL_SET_SIZE));
}

long sys_now(int clock, struct moment *now)
{
#ifdef SYS_clock_gettime64
	/* A 32-bit machine: the call that outlives 2038 where the kernel has it (Linux 5.1). */
	if (syscall(SYS_clock_gettime64, clock, now) == 0)
		return 0;
#endif
	long spec[2]; /* the kernel's own timespec of this machine's word */
	long r = result(syscall(SYS_clock_gettime, clock, spec));
	if (r < 0)
		return r;
	*now = (struct moment){.seconds = spec[0], .nanoseconds = spec[1]};
	return 0;
}

long sys_pid(void)
{
	return result(syscall(SYS_getpid));
}

long sys_thread_name(char name[16])
{
	return result(syscall(SYS_prctl, PR_GET_NAME, name, 0L, 0L, 0L));
}

int sys_ids_differ(void)
{
	return syscall(SYS_getuid) != syscall(SYS_geteuid) ||
	       syscall(SYS_getgid) != syscall(SYS_getegid);
}
