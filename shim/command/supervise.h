/* SPDX-License-Identifier: MIT */
/* The one place where the command meets the supervisor. */
#pragma once

#include <stdbool.h>

#include "core/settings.h"

struct supervise_error {
	const char *reason, *remedy;
};

/* Whether the supervisor could cover a command here; changes nothing. */
bool supervise_possible(const struct settings *settings, struct supervise_error *error);

/* Has the supervisor cover what this process execs; where it cannot, false, and nothing is changed.
 */
bool supervise_start(const struct settings *settings, struct supervise_error *error);
