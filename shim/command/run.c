/* SPDX-License-Identifier: MIT */
/* Becoming the command. */
#include "run.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "chosen.h"
#include "core/log_path.h"
#include "cover.h"
#include "environment.h"
#include "memory.h"
#include "messages.h"
#include "supervise.h"

static const char *quoted(const char *name)
{
	return memory_format("'%s'", name);
}

/* A log file that an option names has to be one that can be written. */
static bool check_log(const struct options *options, const struct settings *settings)
{
	for (int i = 0; i < SETTINGS; i++) {
		if (!options->values[i] || options->values[i] != settings->log_path)
			continue;
		const int error = (int)-log_path_check(settings->log_path);
		if (!error)
			return true;
		message_say(memory_format("option -%c", settings_table[i].letter),
			    memory_format("cannot write to '%s' (%s)", settings->log_path,
					  error == ELOOP ? "a symbolic link" : strerror(error)),
			    "nothing done");
		return false;
	}
	return true;
}

/* Says why the command is not to be run, and returns the exit status for it; 0 to go on. */
static int refused(const struct options *options, const struct coverage *coverage)
{
	const bool is_forced = coverage->how == COVER_REFUSED && options->force;
	const bool is_supervised = coverage->is_within_reach && options->supervise;

	if (coverage->how == COVER_PRELOAD || coverage->how == COVER_SUPERVISOR || is_forced ||
	    is_supervised)
		return 0;
	message_say(quoted(options->words[0]), coverage->reason,
		    coverage->how == COVER_REFUSED
			    ? memory_format("%s (--force runs it all the same)", coverage->remedy)
			    : coverage->remedy);
	switch (coverage->how) {
	case COVER_MISSING:
		return EXIT_MISSING;
	case COVER_NO_LIBRARY:
		return EXIT_WRONG;
	default:
		return EXIT_CANNOT;
	}
}

/* Starts the supervisor where it is needed or wanted; false where the command may not run without.
 */
static bool supervised(const struct options *options, const struct coverage *coverage,
		       const struct settings *settings, bool *is_supervised)
{
	const bool is_needed = coverage->how == COVER_SUPERVISOR;
	struct supervisor_error error;

	*is_supervised = false;
	if (settings->mode == MODE_OFF || !(is_needed || options->supervise))
		return true;
	*is_supervised = supervise_start(settings, &error);
	const bool is_asked_for = options->supervise || options->verbose;
	/* After a final error nothing could dial any more, by force or not. */
	const bool is_forced = options->force && !(*is_supervised || error.is_final);
	if (*is_supervised ? error.reason && is_asked_for : !is_forced)
		message_say(quoted(options->words[0]),
			    is_needed && !*is_supervised
				    ? memory_format("%s, and %s", coverage->reason, error.reason)
				    : error.reason,
			    error.remedy);
	return *is_supervised || is_forced;
}

/* What -v says: how the command is covered, and the settings. */
static void tell(const struct options *options, const struct coverage *coverage,
		 const struct chosen *chosen, bool is_supervised)
{
	const bool is_preloaded = coverage->how == COVER_PRELOAD;
	char *settings = memory_copy("");

	for (int i = 0; i < SETTINGS; i++)
		if (settings_table[i].option)
			settings = memory_format("%s%s%s=%s", settings, i ? " " : "",
						 settings_table[i].option, chosen->values[i]);
	message_say(
		quoted(options->words[0]),
		chosen->settings.disabled ? "not covered, for NOSELF_DISABLE is 1"
		: is_preloaded  ? memory_format("covered by '%s'%s%s%s%s", coverage->library.file,
                                               is_supervised ? " and the supervisor" : "",
                                               coverage->warning ? " (" : "",
                                               coverage->warning ? coverage->warning : "",
                                               coverage->warning ? ")" : "")
		: is_supervised ? memory_format("covered by the supervisor (%s)", coverage->reason)
				: memory_format("not covered (%s)", coverage->reason),
		settings);
}

/* Becomes the file; a text without #! is run by a shell, as execvp() does it. */
static void become(const struct coverage *coverage, char **words, char **environment)
{
	size_t count = 0;

	execve(coverage->file, words, environment);
	if (errno != ENOEXEC || !coverage->is_text)
		return;
	while (words[count])
		count++;
	char **shell = memory_of(count + 2, sizeof(*shell));
	shell[0] = memory_copy("/bin/sh");
	shell[1] = memory_copy(coverage->file);
	memcpy(shell + 2, words + 1, count * sizeof(*words));
	execve(shell[0], shell, environment);
}

int run(const struct options *options, char **environment)
{
	char *assignments[SETTINGS + 1];
	struct coverage coverage;
	struct chosen chosen;
	bool is_supervised;

	chosen_read(&chosen, options, environment);
	if (!check_log(options, &chosen.settings))
		return EXIT_WRONG;
	cover_judge(&coverage, options->words);
	const int status = refused(options, &coverage);
	if (status)
		return status;
	int count = chosen_assignments(options, assignments);
	if (coverage.library.result == LIBRARY_FOUND)
		assignments[count++] = environment_preload(
			environment_value(environment, "LD_PRELOAD"), coverage.library.entry);
	environment = environment_with(environment, assignments, count);
	if (!supervised(options, &coverage, &chosen.settings, &is_supervised))
		return EXIT_CANNOT;
	if (options->verbose)
		tell(options, &coverage, &chosen, is_supervised);
	become(&coverage, options->words, environment);
	const int error = errno;
	message_say(quoted(options->words[0]), memory_format("cannot be run (%s)", strerror(error)),
		    "nothing done");
	return error == ENOENT ? EXIT_MISSING : EXIT_CANNOT;
}
