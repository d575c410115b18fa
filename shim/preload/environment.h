/* SPDX-License-Identifier: MIT */
/* Reads the settings from the process's environment. */
#pragma once

#include <stdbool.h>

#include "core/log.h"

/*
 * Fills in the settings and the log target; strings go on pointing into the environment. In secure
 * execution nothing is read, and all is as by default. With `report_errors` each bad value gives a
 * line on stderr.
 */
void environment_read(struct context *context, bool report_errors);
