/* SPDX-License-Identifier: MIT */
/* Messages for a command that cannot be covered or run: the reason and the remedy. */
#include "cover.h"

#include <errno.h>
#include <string.h>

#include "messages.h"

bool refuse(struct coverage *coverage, enum cover how, const char *what, const char *remedy)
{
	coverage->how = how;
	coverage->reason =
		coverage->via ? format("run by '%s', which is %s", coverage->via, what) : what;
	coverage->remedy = remedy;
	return false;
}

static bool refuse_missing(struct coverage *coverage, const char *file)
{
	const bool ends_in_cr = *file && file[strlen(file) - 1] == '\r';

	if (!coverage->via)
		return refuse(coverage, COVER_MISSING, "no such command",
			      strchr(file, '/') ? "check the path" : "check the name and PATH");
	coverage->via = NULL;
	return refuse(coverage, COVER_MISSING, format("run by '%s', which does not exist", file),
		      ends_in_cr ? "its lines end in CR LF: convert them to LF" : "install it");
}

bool refuse_path(struct coverage *coverage, const char *file, int error)
{
	switch (error) {
	case ENOENT:
		return refuse_missing(coverage, file);
	case EISDIR:
		return refuse(coverage, COVER_UNRUNNABLE, "a directory", "name a program");
	case EPERM:
		return refuse(coverage, COVER_UNRUNNABLE, "not executable",
			      "chmod +x it, unless its file system is mounted noexec");
	case EACCES:
		return refuse(
			coverage, COVER_UNRUNNABLE,
			format("perhaps '%s', in a directory that this user may not enter", file),
			"ask for the right to, or correct PATH");
	default:
		return refuse(coverage, COVER_UNRUNNABLE,
			      format("not to be reached (%s)", strerror(error)), "check the path");
	}
}

bool refuse_search(struct coverage *coverage, uint32_t machine)
{
	const struct library *library = &coverage->found;
	const bool is_akin = machine_is_akin(machine, library->other);

	if (library->result == LIBRARY_OTHER)
		return refuse(coverage, is_akin ? COVER_SUPERVISOR : COVER_REFUSED,
			      format("built for %s, the library only for %s", machine_name(machine),
				     machine_name(library->other)),
			      "install the library for that too");
	coverage->via = NULL; /* the program is not the reason */
	coverage->is_within_reach = true;
	if (library->result == LIBRARY_NONE)
		return refuse(
			coverage, COVER_NO_LIBRARY,
			format("no libnoself.so in '%s', nor beside noself", installed_directory),
			"run 'make', or install it");
	return refuse(
		coverage, COVER_NO_LIBRARY,
		format("LD_PRELOAD cannot hold the path of the library, '%s': a space, a colon "
		       "or a dollar sign is in it",
		       library->file),
		"install it elsewhere");
}
