/* SPDX-License-Identifier: MIT */
/* Finds the file of a command as execvp() does, and tells whether this user may run it. */
#include "path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "messages.h"

const char *path_last(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

int path_error(const char *file)
{
	struct stat status;

	if (stat(file, &status) < 0)
		return errno == ENOTDIR ? ENOENT : errno;
	if (S_ISDIR(status.st_mode))
		return EISDIR;
	return faccessat(AT_FDCWD, file, X_OK, AT_EACCESS) == 0 ? 0 : EPERM;
}

static const char *find_in_path(const char *name, int *error)
{
	const char *at = getenv("PATH"), *end, *first = name;

	*error = ENOENT;
	for (at = at ? at : "/bin:/usr/bin";; at = end + 1) {
		end = strchrnul(at, ':');
		const char *file = end == at ? format("./%s", name)
					     : format("%.*s/%s", (int)(end - at), at, name);
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

/* Whether the kernel ignores the file's set-user-ID bits and capabilities. */
static bool gains_nothing(const char *file)
{
	struct statvfs mounted;
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ||
	       (statvfs(file, &mounted) == 0 && (mounted.f_flag & ST_NOSUID));
}

const struct privilege *path_privilege(const char *file)
{
	static const struct privilege of_user = {"set-user-ID", "its owner"},
				      of_group = {"set-group-ID", "its owner"},
				      of_capabilities = {"given file capabilities", "root"},
				      of_caller = {"started by a set-user-ID program", "its owner"};
	enum { SET_GROUP = S_ISGID | S_IXGRP }; /* S_ISGID alone is mandatory locking */
	struct stat status;

	if (stat(file, &status) < 0)
		return NULL;
	const bool capable = getuid() != 0 && getxattr(file, "security.capability", NULL, 0) > 0;
	const bool ignored =
		(status.st_mode & (S_ISUID | S_ISGID) || capable) && gains_nothing(file);
	const bool set_user = !ignored && status.st_mode & S_ISUID;
	const bool set_group = !ignored && (status.st_mode & SET_GROUP) == SET_GROUP;

	if ((set_user ? status.st_uid : geteuid()) != getuid())
		return set_user ? &of_user : &of_caller;
	if ((set_group ? status.st_gid : getegid()) != getgid())
		return set_group ? &of_group : &of_caller;
	return capable && !ignored ? &of_capabilities : NULL;
}
