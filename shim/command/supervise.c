/* SPDX-License-Identifier: MIT */
/* The one place where the command meets the supervisor. */
#include "supervise.h"

#include <stdlib.h>

/* The supervisor counts the lines that it logs itself. */
static struct context context_of(const struct settings *settings)
{
	return (struct context){.settings = *settings,
				.log_target = log_target_of_stderr(getenv("JOURNAL_STREAM"))};
}

bool supervise_possible(const struct settings *settings, struct supervisor_error *error)
{
	const struct context context = context_of(settings);
	return supervisor_check(&context, error) == 0;
}

bool supervise_start(const struct settings *settings, struct supervisor_error *error)
{
	const struct context context = context_of(settings);
	return supervisor_start(&context, error) == 0;
}
