/* SPDX-License-Identifier: MIT */
/* Copies the path of the log file, and reports a path that can never be written to. */
#include "log_path.h"

#include <errno.h>
#include <limits.h>

#include "core/errnames.h"
#include "core/log_path.h"
#include "core/log_target.h"
#include "core/text.h"
#include "core/write_line.h"

enum { LONGEST_PATH_SHOWN = 256 };

/* In its own section after all other data, so that its pages stay untouched if it is not used. */
static char log_path[PATH_MAX] __attribute__((section(".bss.log_path")));

static bool is_lasting(long error)
{
	switch (-error) {
	case EACCES:
	case EISDIR:
	case ELOOP:
	case ENAMETOOLONG:
	case ENOENT:
	case ENOTDIR:
	case EROFS:
		return true;
	default:
		return false;
	}
}

static void report(long error)
{
	struct text line;

	text_start(&line);
	text_string(&line, "noself: NOSELF_LOG=");
	text_safe(&line, log_path, LONGEST_PATH_SHOWN);
	text_string(&line, ": cannot be written to (");
	text_string(&line, errnames_name((int)-error));
	text_string(&line, "); use a file in a directory that this user may write to");
	text_end(&line);
	write_line(LOG_TARGET_STDERR, &line); /* ignore write errors: the program runs on */
}

void log_path_keep(struct settings *settings)
{
	unsigned i = 0;

	if (settings->log != LOG_FILE)
		return;
	do
		log_path[i] = settings->log_path[i];
	while (settings->log_path[i++]);
	settings->log_path = log_path;
	const long r = settings->mode == MODE_OFF ? 0 : log_path_check(log_path);
	if (is_lasting(r))
		report(r);
}
