/* SPDX-License-Identifier: MIT */
/* The one place where the command meets the supervisor. */
#pragma once

#include <stdbool.h>

#include "core/settings.h"
#include "supervisor/supervisor.h"

/* Whether the supervisor could cover a command here, as far as that is known; changes nothing. */
bool supervise_possible(const struct settings *settings, struct supervisor_error *error);

/*
 * Has the supervisor cover what this process execs; where it cannot, false, and nothing is changed,
 * unless the error is final.
 * Where it can, the error's reason is NULL or says what it does not cover all the same.
 */
bool supervise_start(const struct settings *settings, struct supervisor_error *error);
