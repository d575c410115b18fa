/* SPDX-License-Identifier: MIT */
/* Whether the path of a log file can be written to. */
#pragma once

/*
 * 0, or a negative errno: -ELOOP for a symbolic link. Neither creates nor opens the file: the
 * program may change its user before it writes. The path is absolute and shorter than PATH_MAX.
 */
long log_path_check(const char *path);
