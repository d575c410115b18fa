/* SPDX-License-Identifier: MIT */
/* Has the supervisor cover the command: its context, made from the settings and the environment. */
#pragma once

#include <stdbool.h>

#include "core/settings.h"
#include "supervisor/supervisor.h"

/*
 * Has the supervisor cover what this process execs; false where it cannot, and then nothing has
 * changed. In both cases error->reason may say what is not covered, else it is NULL.
 */
bool supervise_start(const struct settings *settings, char *const *environment,
		     struct supervisor_error *error);

/* Whether that would work. */
bool supervise_possible(const struct settings *settings, char *const *environment,
			struct supervisor_error *error);
