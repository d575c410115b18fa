/* SPDX-License-Identifier: MIT */
/* Where the file of a command is, as execvp() finds it, and what this user may do with it. */
#pragma once

/* What follows the last slash. */
const char *path_last(const char *path);

/*
 * Whether the user of this process may run `file`: 0, or a positive errno. ENOENT: there is none.
 * EISDIR: it is a directory. EPERM: it is not executable. EACCES: a directory on the way is closed.
 */
int path_error(const char *file);

/*
 * The file of a command: by PATH where its name has no slash. `error` is that of path_error(); of
 * several files that may not be run it is the first, and of none the name.
 */
const char *path_find(const char *name, int *error);

/* Why the loader ignores LD_PRELOAD in a program, and which user can run it otherwise. */
struct privilege {
	const char *what, *user;
};

/*
 * What makes the kernel run `file` in secure-execution mode for this process, or NULL. The kernel
 * asks whether the ids change: root may run a set-user-ID root program with the library.
 */
const struct privilege *path_privilege(const char *file);
