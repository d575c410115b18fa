/* SPDX-License-Identifier: MIT */
/* Reads the settings from the process's environment. */
#pragma once

#include <stdbool.h>

#include "core/log.h"

/*
 * Fills in the settings and the log target; strings point into the environment. In secure execution
 * it reads nothing and sets the defaults. With `report_errors` it writes one line on stderr for
 * each invalid value.
 */
void environment_read(struct context *context, bool report_errors);
