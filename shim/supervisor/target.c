/* SPDX-License-Identifier: MIT */
/* The supervised thread that waits in a system call: its destination, memory, process and name. */
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "core/sys.h"
#include "filter.h"

/* Many systems' headers lack these. The call numbers are the same on all architectures. */
enum {
	PIDFD_OPEN = 434,         /* Linux 5.3 */
	PIDFD_GETFD = 438,        /* Linux 5.6 */
	PIDFD_OF_THREAD = O_EXCL, /* PIDFD_THREAD, Linux 6.9 */
	KCMP_DESCRIPTORS = 2,     /* KCMP_FILES */
};

bool target_read(uint32_t tid, uint64_t address, void *buffer, size_t size)
{
	const struct iovec here = {buffer, size};
	const struct iovec there = {(void *)(uintptr_t)address, size};

	return (uintptr_t)address == address &&
	       process_vm_readv((pid_t)tid, &here, 1, &there, 1, 0) == (ssize_t)size;
}

/* The program's pointer to the destination, and its length, as in the 64-bit struct msghdr. */
struct place {
	uint64_t address;
	uint32_t length;
};

static bool read_place(uint32_t tid, uint64_t at, bool is_32bit, struct place *place)
{
	uint32_t words[] = {0, 0};

	if (!is_32bit)
		return target_read(tid, at, place, sizeof(*place));
	if (!target_read(tid, at, words, sizeof(words)))
		return false;
	*place = (struct place){words[0], words[1]};
	return true;
}

/* It is first in a struct msghdr, and after the socket in the arguments of socketcall(). */
static bool find(const struct seccomp_notif *n, int *fd, struct place *place)
{
	const __u64 *arguments = n->data.args;
	bool is_32bit;

	*fd = (int)arguments[0];
	switch (filter_kind(&n->data, &is_32bit)) {
	case KIND_CONNECT:
		*place = (struct place){arguments[1], (uint32_t)arguments[2]};
		return true;
	case KIND_SENDTO:
		*place = (struct place){arguments[4], (uint32_t)arguments[5]};
		return true;
	case KIND_SENDMSG:
		return read_place(n->pid, arguments[1], is_32bit, place);
	case KIND_SOCKETCALL:
		return target_read(n->pid, arguments[1], fd, sizeof(*fd)) &&
		       read_place(n->pid, arguments[1] + sizeof(*fd), is_32bit, place);
	default:
		return false;
	}
}

bool target_dial(const struct seccomp_notif *notification, int *fd, struct endpoint *to)
{
	union socket_name name;
	struct place place;

	if (!find(notification, fd, &place))
		return false;
	if (place.length > sizeof(name))
		place.length = sizeof(name);
	if (!target_read(notification->pid, place.address, &name, place.length))
		return false;
	*to = endpoint_of(&name, place.length);
	return to->port != 0;
}

/* A descriptor and a length that no real dial has. */
enum { PROBE_LENGTH = 0x6e6f73 };

bool target_is_probe(const struct seccomp_notif *notification)
{
	const __u64 *arguments = notification->data.args;
	return (int)arguments[0] == -1 && arguments[1] == 0 && arguments[2] == PROBE_LENGTH;
}

bool target_probe(void)
{
	return sys_connect(-1, NULL, PROBE_LENGTH) == TARGET_PROBE_ANSWER;
}

/* Opens the file of that name in the thread's directory in /proc. */
static int open_proc(uint32_t tid, const char *name)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%u/%s", tid, name);
	return (int)sys_open(path, O_RDONLY | O_CLOEXEC, 0);
}

/* Reads the start of the file as a string; empty if it cannot be read. */
static void read_proc(uint32_t tid, const char *name, char *buffer, size_t size)
{
	const int fd = open_proc(tid, name);
	const long length = sys_read(fd, buffer, size - 1);

	buffer[length > 0 ? length : 0] = '\0';
	sys_close(fd);
}

uint32_t target_process(uint32_t tid)
{
	char status[512];

	read_proc(tid, "status", status, sizeof(status));
	const char *at = strstr(status, "\nTgid:");
	return at ? (uint32_t)strtoul(at + strlen("\nTgid:"), NULL, 10) : 0;
}

bool target_maps(uint32_t tid, const char *name)
{
	char lines[4096]; /* the kernel returns as many whole lines as fit */
	const int fd = open_proc(tid, "maps");
	bool is_found = false;
	long length;

	while (!is_found && (length = sys_read(fd, lines, sizeof(lines))) > 0)
		is_found = memmem(lines, (size_t)length, name, strlen(name));
	sys_close(fd);
	return is_found;
}

void target_name(uint32_t tid, char name[16])
{
	read_proc(tid, "comm", name, 16);
	name[strcspn(name, "\n")] = '\0';
}

int target_pidfd(uint32_t tid)
{
	long r = SYSCALL(PIDFD_OPEN, tid, PIDFD_OF_THREAD);
	if (r != -EINVAL)
		return (int)r;
	/* Before Linux 6.9 there are pidfds only for processes. */
	const long process = (long)target_process(tid);
	if (process != (long)tid && SYSCALL(SYS_kcmp, tid, process, KCMP_DESCRIPTORS) != 0)
		return -ESRCH;
	return (int)SYSCALL(PIDFD_OPEN, process);
}

int target_descriptor(int pidfd, int fd)
{
	return (int)SYSCALL(PIDFD_GETFD, pidfd, fd);
}
