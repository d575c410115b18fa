/* SPDX-License-Identifier: MIT */
/* Keeps the path of the log file, and reports one that can never be written to. */
#pragma once

#include "core/settings.h"

/*
 * Copies the path of the settings, which points into the environment: the program may overwrite
 * that. To be called once, by the constructor. If nothing can be written to the path, one line on
 * stderr says so. Does not create or open the file.
 */
void log_path_keep(struct settings *settings);
