/* SPDX-License-Identifier: MIT */
/* Has the supervisor cover the command: its context, made from the settings and the environment. */
#include "supervise.h"

#include "environment.h"

static struct context context_of(const struct settings *settings, char *const *environment)
{
	static struct log_limit limit;
	struct context context = {.settings = *settings, .log_limit = &limit};

	if (settings->log == LOG_STDERR)
		context.log_target =
			log_target_of_stderr(environment_value(environment, "JOURNAL_STREAM"));
	return context;
}

bool supervise_start(const struct settings *settings, char *const *environment,
		     struct supervisor_error *error)
{
	const struct context context = context_of(settings, environment);
	return supervisor_start(&context, error) == 0;
}

bool supervise_possible(const struct settings *settings, char *const *environment,
			struct supervisor_error *error)
{
	const struct context context = context_of(settings, environment);
	return supervisor_check(&context, error) == 0;
}
