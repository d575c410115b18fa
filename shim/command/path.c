/* SPDX-License-Identifier: MIT */
/* Where the file of a command is, as execvp() finds it, and whether it may be run. */
#include "path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"

const char *path_last(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* Whether it may be run, or passed through: 0 or an errno. */
static int usable(const char *file)
{
	return faccessat(AT_FDCWD, file, X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

int path_error(const char *file)
{
	struct stat status;
	if (stat(file, &status) < 0)
		return errno == ENOTDIR ? ENOENT : errno;
	return S_ISDIR(status.st_mode) ? EISDIR : usable(file);
}

static const char *find_in_path(const char *name, int *error)
{
	const char *at = getenv("PATH"), *end, *first = name;

	*error = ENOENT;
	for (at = at ? at : "/bin:/usr/bin";; at = end + 1) {
		end = strchrnul(at, ':');
		const char *file = end == at ? memory_format("./%s", name)
					     : memory_format("%.*s/%s", (int)(end - at), at, name);
		const int its_error = path_error(file);
		if (!its_error || (*error == ENOENT && its_error != ENOENT)) {
			first = file;
			*error = its_error;
		}
		if (!its_error || !*end)
			return first;
	}
}

const char *path_find(const char *name, int *error)
{
	if (*name && !strchr(name, '/'))
		return find_in_path(name, error);
	*error = path_error(name);
	return name;
}

const char *path_closed(const char *file)
{
	for (const char *slash = strchr(file, '/'); slash; slash = strchr(slash + 1, '/')) {
		const int length = slash == file ? 1 : (int)(slash - file);
		const char *directory = memory_format("%.*s", length, file);
		if (usable(directory) == EACCES)
			return directory;
	}
	return NULL;
}
