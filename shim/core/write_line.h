/* SPDX-License-Identifier: MIT */
/* Writes one line in one write(); never blocks, never raises a signal. */
#pragma once

#include <stdbool.h>

#include "text.h"

/*
 * Writes the line to an open descriptor. Does not wait for a full pipe or a stopped terminal. False
 * if the line could not be written. Does not change errno.
 */
bool write_line(int fd, const struct text *line);

/* Appends the line to a file, and creates it if necessary; does not follow a symbolic link. */
bool write_line_to_file(const char *path, const struct text *line);
