/* SPDX-License-Identifier: MIT */
/* The supervised thread that waits in a system call: its memory, its sockets, who it is. */
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "core/raw_syscall.h"
#include "core/sys.h"
#include "core/text.h"
#include "kernel.h"

enum {
	PIDFD_OF_THREAD = O_EXCL, /* PIDFD_THREAD, Linux 6.9 */
	KCMP_DESCRIPTORS = 2,     /* KCMP_FILES */
};

long target_read(uint32_t tid, uint64_t address, void *buffer, size_t size)
{
	const struct iovec here = {buffer, size};
	const struct iovec there = {(void *)(uintptr_t)address, size};

	if ((uintptr_t)address != address)
		return -EFAULT;
	const ssize_t r = process_vm_readv((pid_t)tid, &here, 1, &there, 1, 0);
	return r < 0 ? -errno : r;
}

/* Opens the file NAME of the thread's directory in /proc. */
static long open_proc(uint32_t tid, const char *name)
{
	struct text path;

	text_start(&path);
	text_string(&path, "/proc/");
	text_number(&path, tid);
	text_string(&path, name);
	text_char(&path, '\0');
	return sys_open(path.at, O_RDONLY | O_CLOEXEC, 0);
}

/* Reads it as a string; empty where it cannot. */
static void read_proc(uint32_t tid, const char *name, char *buffer, size_t size)
{
	const long fd = open_proc(tid, name);
	long length = 0;

	if (fd >= 0) {
		length = sys_read((int)fd, buffer, size - 1);
		sys_close((int)fd);
	}
	buffer[length > 0 ? length : 0] = '\0';
}

uint32_t target_process(uint32_t tid)
{
	char status[512];
	uint32_t process = 0;

	read_proc(tid, "/status", status, sizeof(status));
	const char *at = strstr(status, "\nTgid:\t");
	if (at)
		for (at += strlen("\nTgid:\t"); *at >= '0' && *at <= '9'; at++)
			process = process * 10 + (uint32_t)(*at - '0');
	return process;
}

bool target_maps(uint32_t tid, const char *name)
{
	char buffer[4096];
	const size_t length = strlen(name);
	size_t kept = 0; /* a name may begin in what one read() gives and end in the next */
	const long fd = open_proc(tid, "/maps");
	bool found = false;
	long r;

	while (fd >= 0 && !found &&
	       (r = sys_read((int)fd, buffer + kept, sizeof(buffer) - kept)) > 0) {
		const size_t end = kept + (size_t)r;
		found = memmem(buffer, end, name, length);
		kept = end < length ? end : length;
		memmove(buffer, buffer + end - kept, kept);
	}
	if (fd >= 0)
		sys_close((int)fd);
	return found;
}

void target_name(uint32_t tid, char name[16])
{
	read_proc(tid, "/comm", name, 16);
	char *newline = strchr(name, '\n');
	if (newline)
		*newline = '\0';
}

static int open_pidfd(uint32_t tid)
{
	long r = raw_syscall(CALL_PIDFD_OPEN, (long)tid, PIDFD_OF_THREAD, 0, 0, 0);
	if (r != -EINVAL)
		return (int)r;
	/* Before Linux 6.9 there are pidfds of processes only. */
	r = raw_syscall(CALL_PIDFD_OPEN, (long)tid, 0, 0, 0, 0);
	if (r >= 0)
		return (int)r;
	const long process = (long)target_process(tid);
	if (process == 0 || raw_syscall(SYS_kcmp, (long)tid, process, KCMP_DESCRIPTORS, 0, 0) != 0)
		return -ESRCH;
	return (int)raw_syscall(CALL_PIDFD_OPEN, process, 0, 0, 0, 0);
}

int target_descriptor(const struct target_cache *cache, int fd)
{
	return (int)raw_syscall(CALL_PIDFD_GETFD, cache->pidfd, fd, 0, 0, 0);
}

void target_forget(struct target_cache *cache)
{
	if (cache->pidfd >= 0)
		sys_close(cache->pidfd);
	cache->pidfd = -1;
}

int target_pidfd(struct target_cache *cache, uint32_t tid)
{
	if (cache->pidfd >= 0 && cache->tid == tid)
		return cache->pidfd;
	target_forget(cache);
	cache->pidfd = open_pidfd(tid);
	cache->tid = tid;
	return cache->pidfd;
}
