/* SPDX-License-Identifier: MIT */
/* Writes a log line for each self-connection, to the target of the settings, within the limit. */
#include "log.h"

#include <stdint.h>
#include <time.h>

#include "sys.h"
#include "text.h"
#include "write_line.h"

static uint32_t current_second(void)
{
	struct kernel_timespec now;
	return sys_now(CLOCK_MONOTONIC, &now) < 0 ? 0 : (uint32_t)now.seconds;
}

static bool write_to_file(const char *path, struct text *line, const struct log_source *source,
			  const struct log_event *event, uint32_t dropped)
{
	struct kernel_timespec now;
	if (sys_now(CLOCK_REALTIME, &now) == 0) {
		text_utc(line, now.seconds, now.nanoseconds);
		text_char(line, ' ');
	}
	log_line(line, source, event, dropped);
	return write_line_to_file(path, line);
}

static bool write_to_stderr(const struct log_target *target, struct text *line,
			    const struct log_source *source, const struct log_event *event,
			    uint32_t dropped)
{
	if (target->is_journal)
		text_string(line, "<4>"); /* syslog's "warning" */
	log_line(line, source, event, dropped);
	return write_line(LOG_TARGET_STDERR, line);
}

void log_write(const struct context *context, const struct log_source *source,
	       const struct log_event *event)
{
	const struct settings *settings = &context->settings;
	struct text line;
	uint32_t dropped;
	bool written;

	if (settings->log == LOG_OFF ||
	    (settings->log == LOG_STDERR && !log_target_is_same(&context->log_target)))
		return;
	if (!log_limit_take(context->log_limit, current_second(), source->pid, &dropped))
		return;
	text_start(&line);
	written = settings->log == LOG_FILE
			  ? write_to_file(settings->log_path, &line, source, event, dropped)
			  : write_to_stderr(&context->log_target, &line, source, event, dropped);
	if (!written)
		log_limit_give_back(context->log_limit, dropped);
}
