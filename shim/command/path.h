/* SPDX-License-Identifier: MIT */
/* Where the file of a command is, as execvp() finds it, and whether it may be run. */
#pragma once

/* What follows the last slash. */
const char *path_last(const char *path);

/*
 * Whether the user of this process may run `file`: 0, or a positive errno. ENOENT: there is none.
 * EISDIR: it is a directory. EACCES: the file, or a directory on the way, may not be used.
 */
int path_error(const char *file);

/*
 * The file of a command: by PATH where its name has no slash. `error` is that of path_error(); of
 * several files that may not be run it is the first, and of none the name.
 */
const char *path_find(const char *name, int *error);

/* The first directory on the way to `file` that this user may not pass through, or NULL. */
const char *path_closed(const char *file);
