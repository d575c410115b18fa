/* SPDX-License-Identifier: MIT */
/* Whether and how a command can be kept from connecting to itself. */
#include "cover.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "clearing.h"
#include "messages.h"
#include "path.h"

/* The kernel follows at most so many interpreters. */
enum { MAX_HOPS = 5 };

#define NAME_ANOTHER "name a program or a script"
#define BY_RULE "use the firewall rule that 'noselfctl ports --nft PORT' prints"

/* Continues with the command that this one starts; false if the decision is made. */
static bool follow_command(struct coverage *coverage, char *const *words, const char **file)
{
	const struct started started = clearing_read(words);
	int error = 0;

	if (started.instead) {
		coverage->is_within_reach = true;
		return refuse(coverage, COVER_REFUSED,
			      "a command that clears the environment of what it starts",
			      format("put noself behind it: %s", started.instead));
	}
	if (started.command)
		*file = coverage->via = path_find(started.command, &error);
	return !error || refuse_path(coverage, *file, error);
}

/* Continues with a script's interpreter; false if the decision is made. */
static bool follow_script(struct coverage *coverage, const struct program *program,
			  const char **file)
{
	const bool is_text = program->kind == PROGRAM_TEXT;
	char *interpreter = format("%s", is_text ? "/bin/sh" : program->interpreter);
	char *argument = *program->argument ? format("%s", program->argument) : NULL;
	char *words[] = {interpreter, argument, NULL};

	coverage->is_text |= is_text;
	if (!*interpreter)
		return refuse(coverage, COVER_REFUSED, "a script that names no interpreter",
			      NAME_ANOTHER);
	*file = coverage->via = interpreter;
	const int error = path_error(interpreter);
	return error ? refuse_path(coverage, interpreter, error)
		     : follow_command(coverage, words, file);
}

/* Follows `file` through scripts to the program; false if there is none or it cannot be read. */
static bool find_program(struct coverage *coverage, struct program *program, const char **file)
{
	for (int hops = 0; hops <= MAX_HOPS; hops++) {
		if (!program_read_file(program, *file)) {
			coverage->remark = "it cannot be read, so this is a guess";
			return false;
		}
		if (program->kind != PROGRAM_SCRIPT && program->kind != PROGRAM_TEXT)
			return true;
		if (!follow_script(coverage, program, file))
			return false;
	}
	return refuse(coverage, COVER_REFUSED, "a script, and so on without end", NAME_ANOTHER);
}

/*
 * Whether it passes LD_PRELOAD on to the command in its arguments: noself, and a dynamic loader,
 * such as ld-linux-x86-64.so.2, ld64.so.2 and ld.so.
 */
static bool is_launcher(const char *name)
{
	return strcmp(name, "noself") == 0 ||
	       (strncmp(name, "ld", 2) == 0 && strchr("-.6", name[2]) && strstr(name, ".so"));
}

/* Why the library does not reach the program's system calls, to follow "is"; NULL if it does. */
static const char *beyond_library(const struct program *program)
{
	if (!program->has_loader)
		return "statically linked";
	if (program->is_go)
		return "a Go program, which makes its own system calls";
	return program->names_libc ? NULL : "linked with no libc";
}

static bool judge_program(struct coverage *coverage, const struct program *program)
{
	const char *beyond = beyond_library(program);

	if (program->kind != PROGRAM_ELF)
		return refuse(coverage, COVER_REFUSED, "neither a program for Linux nor a script",
			      NAME_ANOTHER);
	if (!program->has_loader && program->names_libc)
		return refuse(coverage, COVER_REFUSED, "a shared library, not a program",
			      NAME_ANOTHER);
	if (program->loader[0] == '/' && path_error(program->loader) == ENOENT)
		return refuse(
			coverage, COVER_MISSING,
			format("built for the loader '%s', which does not exist", program->loader),
			"install the C library that it belongs to");
	if (beyond)
		return refuse(coverage, COVER_SUPERVISOR, beyond, NULL);
	if (program->names_io_uring)
		coverage->remark =
			"it can use io_uring, whose connections the library does not see";
	return true;
}

static bool judge_privilege(struct coverage *coverage, const char *file)
{
	const struct privilege *privilege = path_privilege(file);

	if (!privilege)
		return true;
	/* For other users the filter removes these rights. */
	coverage->is_within_reach = geteuid() == 0;
	return refuse(coverage, COVER_REFUSED,
		      format("%s, so the loader ignores LD_PRELOAD", privilege->what),
		      format("run noself as %s, or " BY_RULE, privilege->user));
}

void cover_judge(struct coverage *coverage, char *const *words)
{
	struct program program;
	bool is_read = false;
	int error;

	*coverage = (struct coverage){.how = COVER_PRELOAD};
	const char *file = coverage->file = path_find(words[0], &error);
	if (error) {
		refuse_path(coverage, file, error);
		return;
	}
	if (follow_command(coverage, words, &file)) {
		is_read = find_program(coverage, &program, &file);
		const bool is_open =
			coverage->how == COVER_PRELOAD && judge_privilege(coverage, file);
		if (is_open && is_launcher(path_last(file)))
			coverage->remark = "for the command that it runs";
		else if (is_open && is_read)
			judge_program(coverage, &program);
	}
	/* The library may reach the programs that the command starts. */
	const uint32_t machine = is_read ? program.machine : 0;
	find_library(&coverage->found, machine);
	if (coverage->how == COVER_PRELOAD && coverage->found.result != LIBRARY_FOUND)
		refuse_search(coverage, machine);
}
