/* SPDX-License-Identifier: MIT */
/* Finds the file of a command as execvp() does, and tells whether this user may run it. */
#pragma once

/* The part after the last slash. */
const char *path_last(const char *path);

/*
 * Whether the user of this process may run `file`: 0 or a positive errno. ENOENT: it does not
 * exist. EISDIR: it is a directory. EPERM: it is not executable. EACCES: a directory of the path
 * denies it.
 */
int path_error(const char *file);

/*
 * The file of a command, searched in PATH if its name has no slash. `error` is that of
 * path_error(). If no file can be run, it is the first that exists, or else the name itself.
 */
const char *path_find(const char *name, int *error);

/* Why the loader ignores LD_PRELOAD in a program, and as which user it would not. */
struct privilege {
	const char *what, *user;
};

/*
 * Why the kernel would run `file` in secure-execution mode for this process, or NULL. It does so if
 * the ids change: root can run a set-user-ID root program with the library.
 */
const struct privilege *path_privilege(const char *file);
