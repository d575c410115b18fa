/* SPDX-License-Identifier: MIT */
/* Whether the path of a log file can be written to. */
#define _GNU_SOURCE
#include "log_path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys.h"

/* Whether the file can be created: 0 or a negative errno. */
static long check_directory(const char *path)
{
	char directory[PATH_MAX];
	unsigned length = 0, slash = 0;

	for (; path[length]; length++) {
		directory[length] = path[length];
		if (path[length] == '/')
			slash = length;
	}
	directory[slash + 1] = '\0';
	return sys_access(directory, W_OK | X_OK);
}

long log_path_check(const char *path)
{
	struct file_identity file = {.mode = 0};
	/* O_PATH does not open the file itself: the reader of a FIFO does not notice. */
	const long fd = sys_open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);

	if (fd == -ENOENT)
		return check_directory(path);
	if (fd < 0)
		return fd;
	sys_identity((int)fd, &file);
	sys_close((int)fd);
	if (S_ISLNK(file.mode))
		return -ELOOP;
	return S_ISDIR(file.mode) ? -EISDIR : sys_access(path, W_OK);
}
