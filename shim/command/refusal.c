/* SPDX-License-Identifier: MIT */
/* Why a command cannot be covered or run, and what to do instead, in words. */
#include "refusal.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "installed.h"
#include "memory.h"
#include "path.h"

#define BY_RULE "use the firewall rule that 'noselfctl ports --nft PORT' prints"

/* `what` goes after "is"; of a script it is said of the program that runs it. */
static void refuse(struct coverage *coverage, enum cover how, const char *what, const char *remedy)
{
	coverage->how = how;
	coverage->reason = coverage->via
				   ? memory_format("run by '%s', which is %s", coverage->via, what)
				   : what;
	coverage->remedy = remedy;
}

static void refuse_missing(struct coverage *coverage, const char *file)
{
	const size_t length = strlen(file);

	coverage->how = COVER_MISSING;
	if (!coverage->via) {
		coverage->reason = "no such command";
		coverage->remedy = strchr(file, '/') ? "check the path" : "check the name and PATH";
		return;
	}
	coverage->reason = memory_format("run by '%s', which does not exist", file);
	coverage->remedy = file[length - 1] == '\r' ? "its lines end in CR LF: convert them to LF"
						    : "install it";
}

void refusal_of_path(struct coverage *coverage, const char *file, int error)
{
	const char *closed = error == EACCES ? path_closed(file) : NULL;

	if (error == ENOENT)
		refuse_missing(coverage, file);
	else if (error == EISDIR)
		refuse(coverage, COVER_UNRUNNABLE, "a directory", "name a program");
	else if (closed)
		refuse(coverage, COVER_UNRUNNABLE,
		       memory_format("perhaps in '%s', which this user may not enter", closed),
		       "ask for the right to, or correct PATH");
	else if (error == EACCES)
		refuse(coverage, COVER_UNRUNNABLE, "not executable",
		       "chmod +x it, unless its file system is mounted noexec");
	else
		refuse(coverage, COVER_UNRUNNABLE,
		       memory_format("not to be reached (%s)", strerror(error)), "check the path");
}

void refusal_of_loader(struct coverage *coverage, const char *loader)
{
	refuse(coverage, COVER_MISSING,
	       memory_format("built for the loader '%s', which does not exist", loader),
	       "install the C library that it belongs to");
}

void refusal_of_clearing(struct coverage *coverage, const char *instead)
{
	refuse(coverage, COVER_REFUSED, "a command that clears the environment of what it starts",
	       memory_format("put noself behind it: %s", instead));
	coverage->is_within_reach = true;
}

void refusal_of_privilege(struct coverage *coverage, enum privilege privilege)
{
	static const char *const what[] = {
		[PRIVILEGE_USER] = "set-user-ID",
		[PRIVILEGE_GROUP] = "set-group-ID",
		[PRIVILEGE_CAPABILITIES] = "given file capabilities",
		[PRIVILEGE_CALLER] = "started by a set-user-ID program",
	};
	const char *user = privilege == PRIVILEGE_CAPABILITIES ? "root" : "its owner";

	refuse(coverage, COVER_REFUSED,
	       memory_format("%s, so the loader ignores LD_PRELOAD", what[privilege]),
	       memory_format("run noself as %s, or " BY_RULE, user));
	/* To anybody else the filter costs these rights. */
	coverage->is_within_reach = geteuid() == 0;
}

void refusal_of_format(struct coverage *coverage, const char *what)
{
	refuse(coverage, COVER_REFUSED, what, "name a program or a script");
}

void refusal_of_library(struct coverage *coverage, const char *what)
{
	refuse(coverage, COVER_SUPERVISOR, what, NULL);
}

void refusal_of_search(struct coverage *coverage, const struct machine *machine)
{
	const struct library *library = &coverage->library;

	if (library->result == LIBRARY_OTHER) {
		const char *what =
			memory_format("built for %s, the library only for %s",
				      machine_name(*machine), machine_name(library->other));
		if (machine_runs_here(*machine))
			refusal_of_library(coverage, what);
		else
			refuse(coverage, COVER_REFUSED, what, "install the library for that too");
		return;
	}
	coverage->how = COVER_NO_LIBRARY;
	coverage->is_within_reach = true;
	coverage->reason =
		library->result == LIBRARY_NONE
			? memory_format("no libnoself.so in '%s', nor beside noself",
					installed_libdir)
			: memory_format("LD_PRELOAD cannot hold the path of the library, "
					"'%s': a space, a colon or a dollar sign is in it",
					library->file);
	coverage->remedy = library->result == LIBRARY_NONE ? "run 'make', or install it"
							   : "install it elsewhere";
}
