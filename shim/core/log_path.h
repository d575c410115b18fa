/* SPDX-License-Identifier: MIT */
/* Whether the path of a log file can be written to. */
#pragma once

/*
 * 0 or a negative errno, -ELOOP for a symbolic link. Neither creates nor opens the file: another
 * user may be the one who writes it, and the reader of a FIFO must not notice. The path is absolute
 * and shorter than PATH_MAX.
 */
long log_path_check(const char *path);
