/* SPDX-License-Identifier: MIT */
/* Programs that run in secure-execution mode, in which the loader ignores LD_PRELOAD. */
#include "privilege.h"

#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

/* Whether the kernel ignores such bits and capabilities of the file. */
static bool gains_nothing(const char *file)
{
	struct statvfs mounted;
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ||
	       (statvfs(file, &mounted) == 0 && (mounted.f_flag & ST_NOSUID));
}

enum privilege privilege_of(const char *file)
{
	enum {
		SET_GROUP = S_ISGID | S_IXGRP
	}; /* without the latter the bit means something else */
	struct stat status;

	if (stat(file, &status) < 0)
		return PRIVILEGE_NONE;
	const bool capable = getuid() != 0 && getxattr(file, "security.capability", NULL, 0) > 0;
	const bool ignored =
		(status.st_mode & (S_ISUID | S_ISGID) || capable) && gains_nothing(file);
	const bool set_user = !ignored && status.st_mode & S_ISUID;
	const bool set_group = !ignored && (status.st_mode & SET_GROUP) == SET_GROUP;

	if ((set_user ? status.st_uid : geteuid()) != getuid())
		return set_user ? PRIVILEGE_USER : PRIVILEGE_CALLER;
	if ((set_group ? status.st_gid : getegid()) != getgid())
		return set_group ? PRIVILEGE_GROUP : PRIVILEGE_CALLER;
	return capable && !ignored ? PRIVILEGE_CAPABILITIES : PRIVILEGE_NONE;
}
