/* SPDX-License-Identifier: MIT */
/* noself --check: how each file would be covered. */
#include "check.h"

#include <stdio.h>

#include "chosen.h"
#include "cover.h"
#include "memory.h"
#include "messages.h"
#include "supervise.h"

/* What is remarked of a program that can be covered: " (...)", or nothing. */
static const char *remark(const struct coverage *coverage)
{
	const char *via = coverage->via, *warning = coverage->warning;

	if (!via)
		return warning ? memory_format(" (%s)", warning) : "";
	return memory_format(" (script, run by %s%s%s)", via, warning ? "; " : "",
			     warning ? warning : "");
}

/* What is said of one file; false where it cannot be covered. */
static bool judge(char *file, bool supervise, const struct settings *settings, const char **verdict)
{
	char *words[] = {file, NULL};
	struct coverage coverage;
	struct supervisor_error error;

	cover_judge(&coverage, words);
	const bool is_preload = coverage.how == COVER_PRELOAD;
	const bool is_for_supervisor = coverage.how == COVER_SUPERVISOR ||
				       (supervise && (is_preload || coverage.is_within_reach));
	if (is_for_supervisor && supervise_possible(settings, &error)) {
		*verdict = memory_format("supervisor%s", remark(&coverage));
		return true;
	}
	if (is_preload && !is_for_supervisor) {
		*verdict = memory_format("preload%s", remark(&coverage));
		return true;
	}
	if (!is_for_supervisor)
		*verdict = memory_format("cannot be covered: %s; %s", coverage.reason,
					 coverage.remedy);
	else if (is_preload)
		*verdict = memory_format("cannot be covered: %s; %s", error.reason, error.remedy);
	else
		*verdict = memory_format("cannot be covered: %s, and %s; %s", coverage.reason,
					 error.reason, error.remedy);
	return false;
}

int check(const struct options *options, char *const *environment)
{
	struct chosen chosen;
	const char *verdict;
	int status = 0;

	chosen_read(&chosen, options, environment);
	for (char **file = options->words; *file; file++) {
		if (!judge(*file, options->supervise, &chosen.settings, &verdict))
			status = 1;
		puts(message_clean(memory_format("%s: %s", *file, verdict)));
	}
	return status;
}
