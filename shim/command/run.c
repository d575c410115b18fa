/* SPDX-License-Identifier: MIT */
/* Runs the command in this process, or prints how a file would be covered. */
#include "run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/log_path.h"
#include "cover.h"
#include "environment.h"
#include "messages.h"
#include "supervisor/supervisor.h"

/* supervisor_start() or supervisor_check(). */
typedef int supervisor(const struct context *context, struct supervisor_error *error);

/*
 * Starts the supervisor if the library does not cover the command, or with -s. True if the command
 * is covered or --force runs it anyway; else `coverage` has the reason.
 */
static bool settle(const struct options *options, struct coverage *coverage, supervisor *ask,
		   struct supervisor_error *error)
{
	const bool is_forced = options->force && coverage->how == COVER_REFUSED;
	const bool can_be_asked =
		coverage->how == COVER_PRELOAD || coverage->is_within_reach || is_forced;
	/* The supervisor has its own limiter. */
	const struct context context = {
		.settings = options->settings,
		.log_target = log_target_of_stderr(getenv("JOURNAL_STREAM")),
	};

	if (coverage->how != COVER_SUPERVISOR && !(options->supervise && can_be_asked))
		return coverage->how == COVER_PRELOAD || is_forced;
	coverage->is_supervised = ask(&context, error) == 0;
	if (coverage->is_supervised)
		return true;
	coverage->remedy = error->remedy;
	coverage->reason = coverage->reason ? format("%s, and %s", coverage->reason, error->reason)
					    : error->reason;
	/* After a final error the command could not dial at all, so --force does not help. */
	return options->force && !error->is_final;
}

/* The remark on a program that can be covered: " (...)", or an empty string. */
static const char *remark_on(const struct coverage *coverage)
{
	const char *via = coverage->via, *remark = coverage->remark;

	if (!via)
		return remark ? format(" (%s)", remark) : "";
	return format(" (script, run by %s%s%s)", via, remark ? "; " : "", remark ? remark : "");
}

/* Prints how a file would be covered; false if it cannot be. */
static bool check_file(const struct options *options, char *file)
{
	char *words[] = {file, NULL};
	struct supervisor_error error;
	struct coverage coverage;

	cover_judge(&coverage, words);
	const bool is_covered = settle(options, &coverage, supervisor_check, &error) &&
				(coverage.is_supervised || coverage.how == COVER_PRELOAD);
	const char *how = coverage.is_supervised ? "supervisor" : "preload";
	puts(message_clean(is_covered ? format("%s: %s%s", file, how, remark_on(&coverage))
				      : format("%s: cannot be covered: %s; %s", file,
					       coverage.reason, coverage.remedy)));
	return is_covered;
}

int check(const struct options *options)
{
	int status = 0;
	for (char **file = options->words; *file; file++)
		if (!check_file(options, *file))
			status = 1;
	return status;
}

/* Checks that the log file of an option can be written. */
static bool check_log(const struct options *options)
{
	const char *path = options->settings.log_path;

	for (int i = 0; path && i < SETTINGS; i++) {
		const int error = options->given[i] == path ? (int)-log_path_check(path) : 0;
		if (!error)
			continue;
		message_say(format("option -%c", settings_table[i].letter),
			    format("cannot write to '%s' (%s)", path,
				   error == ELOOP ? "a symbolic link" : strerror(error)),
			    "nothing done");
		return false;
	}
	return true;
}

/* Prints why the command is not run; returns the exit status. */
static int refused(const struct coverage *coverage, const char *subject)
{
	message_say(subject, coverage->reason,
		    coverage->how == COVER_REFUSED
			    ? format("%s (--force runs it all the same)", coverage->remedy)
			    : coverage->remedy);
	return coverage->how == COVER_MISSING      ? EXIT_MISSING
	       : coverage->how == COVER_NO_LIBRARY ? EXIT_WRONG
						   : EXIT_CANNOT;
}

/* The line of -v: how the command is covered, and the settings. */
static void tell(const struct options *options, const struct coverage *coverage,
		 const char *subject)
{
	const char *how, *settings = "";

	for (int i = 0; i < SETTINGS; i++)
		if (settings_table[i].option)
			settings = format("%s%s%s=%s", settings, i ? " " : "",
					  settings_table[i].option, options->values[i]);
	if (options->settings.disabled)
		how = "not covered, for NOSELF_DISABLE is 1";
	else if (coverage->how == COVER_PRELOAD)
		how = format("covered by '%s'%s%s", coverage->found.file,
			     coverage->is_supervised ? " and the supervisor" : "",
			     remark_on(coverage));
	else
		how = format(coverage->is_supervised ? "covered by the supervisor (%s)"
						     : "not covered (%s)",
			     coverage->reason);
	message_say(subject, how, settings);
}

/* Executes the file; a shell runs a text without #!, as with execvp(). */
static void become(const struct coverage *coverage, char **words, char **environment)
{
	const size_t count = words_count(words);
	char **shell = allocate((count + 2) * sizeof(*shell));

	execve(coverage->file, words, environment);
	if (errno != ENOEXEC || !coverage->is_text)
		return;
	shell[0] = format("/bin/sh");
	shell[1] = format("%s", coverage->file);
	memcpy(shell + 2, words + 1, count * sizeof(*words));
	execve(shell[0], shell, environment);
}

int run(const struct options *options, char **environment)
{
	const char *subject = format("'%s'", options->words[0]);
	char **assignments = options_assignments(options);
	struct supervisor_error error = {.reason = NULL};
	struct coverage coverage;

	if (!check_log(options))
		return EXIT_WRONG;
	cover_judge(&coverage, options->words);
	if (!settle(options, &coverage, supervisor_start, &error))
		return refused(&coverage, subject);
	/* The supervisor may not cover everything. */
	if (coverage.is_supervised && error.reason && (options->supervise || options->verbose))
		message_say(subject, error.reason, error.remedy);
	if (options->verbose)
		tell(options, &coverage, subject);
	if (coverage.found.result == LIBRARY_FOUND)
		assignments[words_count(assignments)] = environment_preload(
			environment_value(environment, "LD_PRELOAD"), coverage.found.entry);
	become(&coverage, options->words, environment_with(environment, assignments));
	const int error_of_exec = errno;
	message_say(subject, format("cannot be run (%s)", strerror(error_of_exec)), "nothing done");
	return error_of_exec == ENOENT ? EXIT_MISSING : EXIT_CANNOT;
}
