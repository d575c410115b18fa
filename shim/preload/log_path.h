/* SPDX-License-Identifier: MIT */
/* Copies the path of the log file, and reports a path that can never be written to. */
#pragma once

#include "core/settings.h"

/*
 * Copies the path, which points into the environment: the program may overwrite that. Only the
 * constructor may call it, once. If the path cannot be written to, writes one line on stderr. Does
 * not create or open the file.
 */
void log_path_keep(struct settings *settings);
