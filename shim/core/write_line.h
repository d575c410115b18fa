/* SPDX-License-Identifier: MIT */
/* Writes one line in one write. Never waits, and raises no signal in the program. */
#pragma once

#include <stdbool.h>

#include "text.h"

/*
 * Writes the line to an open descriptor. A broken pipe or a file at its size limit raises no signal
 * in the program; a full pipe and a terminal that is stopped are not waited for; false where the
 * line did not get out. The thread's errno is undefined afterwards.
 */
bool write_line(int fd, const struct text *line);

/* The same to the end of a file, made if it is not there; never through a symbolic link. */
bool write_line_to_file(const char *path, const struct text *line);
