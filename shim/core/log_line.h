/* SPDX-License-Identifier: MIT */
/* The text of a log line; libnoself(7) describes it. Pure. */
#pragma once

#include "endpoint.h"
#include "text.h"

/* The thread that was connected to itself. */
struct log_source {
	long pid;
	const char *comm; /* the thread's name, 15 bytes at most */
};

/* A self-connection. */
struct log_event {
	const char *action; /* retried, failed, allowed or observed; NULL: no self-connection */
	int fd;
	struct endpoint self;
	int tries;   /* how often it was dialled again */
	long result; /* what the program gets: 0 or more, or a negative errno */
};

/* Appends the line, newline included; `dropped` lines before it were not written. */
void log_line(struct text *line, const struct log_source *source, const struct log_event *event,
	      uint32_t dropped);
