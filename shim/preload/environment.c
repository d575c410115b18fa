/* SPDX-License-Identifier: MIT */
/* Reads the settings from the process's environment. */
#include "environment.h"

#include <stddef.h>

#include "core/text.h"
#include "core/write_line.h"
#include "secure.h"

enum { LONGEST_VALUE_SHOWN = 64 };

extern char **__environ; /* every C library has this name of its own */

static void report(const struct setting *setting, const char *value)
{
	struct text line;
	text_start(&line);
	text_string(&line, "noself: ");
	text_string(&line, setting->variable);
	text_string(&line, "=");
	text_safe(&line, value, LONGEST_VALUE_SHOWN);
	text_string(&line, ": expected ");
	text_string(&line, setting->values);
	text_string(&line, "; using ");
	text_string(&line, setting->fallback);
	text_end(&line);
	write_line(LOG_TARGET_STDERR, &line); /* ignore write errors: the program runs on */
}

void environment_read(struct context *context, bool report_errors)
{
	const char *journal_stream = NULL, *value;
	bool is_allowed = false;

	settings_start(&context->settings);
	for (char **e = __environ; e && *e; e++) {
		if (!journal_stream)
			journal_stream = text_after(*e, "JOURNAL_STREAM=");
		const struct setting *setting = settings_find(*e, &value);
		if (!setting)
			continue;
		/* Only if a setting is found: this check takes most of the load time. */
		if (!is_allowed && secure_execution())
			return;
		is_allowed = true;
		if (!settings_set(&context->settings, setting, value) && report_errors)
			report(setting, value);
	}
	settings_finish(&context->settings);
	if (context->settings.log == LOG_STDERR)
		context->log_target = log_target_of_stderr(journal_stream);
}
