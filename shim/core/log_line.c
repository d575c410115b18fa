/* SPDX-License-Identifier: MIT */
/* The text of a log line; libnoself(7) describes it. Pure. */
#include "log_line.h"

#include <stddef.h>

#include "errnames.h"

enum { COMM_SIZE = 16 }; /* TASK_COMM_LEN */

static void result_text(struct text *line, long result)
{
	const char *name = result >= 0 ? "OK" : errnames_name((int)-result);
	if (name)
		text_string(line, name);
	else
		text_number(line, (uint64_t)-result);
}

void log_line(struct text *line, const struct log_source *source, const struct log_event *event,
	      uint32_t dropped)
{
	text_string(line, "noself[");
	text_number(line, (uint64_t)source->pid);
	text_string(line, "]: comm=");
	text_safe(line, source->comm, COMM_SIZE);
	text_string(line, " fd=");
	text_number(line, (uint64_t)event->fd);
	text_string(line, " self=");
	text_endpoint(line, &event->self);
	text_string(line, " action=");
	text_string(line, event->action);
	text_string(line, " tries=");
	text_number(line, (uint64_t)event->tries);
	text_string(line, " result=");
	result_text(line, event->result);
	if (dropped) {
		text_string(line, " dropped=");
		text_number(line, dropped);
	}
	text_end(line);
}
