/* SPDX-License-Identifier: MIT */
/* Whether a log file can be written, found out without making it. */
#include "log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"

/* As the library opens it, but for O_CREAT: the command may be another user's by then. */
int log_file_error(const char *path)
{
	char *directory = memory_copy(path);
	const int fd =
		open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);

	if (fd >= 0) {
		close(fd);
		return 0;
	}
	if (errno != ENOENT)
		return errno;
	strrchr(directory, '/')[1] = '\0';
	return faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) == 0 ? 0 : errno;
}
