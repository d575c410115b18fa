/* SPDX-License-Identifier: MIT */
/* One line, one write, and nobody is the worse for it: no signal, no waiting. */
#pragma once

#include <stdbool.h>

#include "text.h"

/*
 * Writes the line to an open descriptor. A broken pipe or a file at its size limit raises no signal
 * in the program, a full pipe is not waited for; false where the line did not get out. The thread's
 * errno is undefined afterwards.
 */
bool write_line(int fd, const struct text *line);

/* The same to the end of a file, made if it is not there; never through a symbolic link. */
bool write_line_to_file(const char *path, const struct text *line);
