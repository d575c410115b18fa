/* SPDX-License-Identifier: MIT */
/* Whether a log file can be written, found out without making it. */
#pragma once

/* 0, or a positive errno. A file that is not there has to have a directory that it can be made in.
 */
int log_file_error(const char *path);
