/* SPDX-License-Identifier: MIT */
/* Whether this process is in secure execution (AT_SECURE): its environment is not trusted. */
#include "secure.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/auxv.h>

#include "core/sys.h"

/* A process that gained capabilities may not read this file. */
static long read_auxv_file(unsigned long *entries, size_t size)
{
	const long fd = sys_open("/proc/self/auxv", O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	const long got = sys_read((int)fd, entries, size);
	sys_close((int)fd);
	return got;
}

/* Does not use getauxval(): some of the supported C libraries are older. */
bool secure_execution(void)
{
	enum { MOST = 128 };
	unsigned long entries[MOST];

	/* valgrind does not know that the system call writes to them. */
	for (int i = 0; i < MOST; i++)
		entries[i] = 0;
	long size = sys_auxv(entries, sizeof(entries));
	if (size < 0)
		size = read_auxv_file(entries, sizeof(entries));
	for (int i = 0; i < MOST; i += 2)
		if (entries[i] == AT_SECURE)
			return entries[i + 1] != 0;
	/* Without /proc only a changed user or group can be detected. */
	return size != -ENOENT || sys_ids_differ();
}
