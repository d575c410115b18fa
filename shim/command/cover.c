/* SPDX-License-Identifier: MIT */
/* Whether and how a command can be kept from connecting to itself. */
#include "cover.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "clearing.h"
#include "env_words.h"
#include "memory.h"
#include "path.h"
#include "refusal.h"

/* So many interpreters the kernel goes through. */
enum { MOST_HOPS = 5 };

/* Reads what the file is; false where it may be run but not read. */
static bool read_program(struct program *program, const char *file)
{
	struct source source;
	const int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return false;
	source_of_file(&source, fd);
	program_read(program, &source);
	close(fd);
	return true;
}

/* Goes on with what env runs; false where that ends the matter. */
static bool follow_env(struct coverage *coverage, char *const *words, const char **file)
{
	const struct env_words env = env_words_read(words + 1);
	const char *instead = clearing_remedy(words);
	int error;

	if (instead) {
		refusal_of_clearing(coverage, instead);
		return false;
	}
	if (!env.command)
		return true;
	*file = coverage->via = path_find(env.command, &error);
	if (error)
		refusal_of_path(coverage, *file, error);
	return !error;
}

/* Goes on with a script's interpreter; false where that ends the matter. */
static bool follow_script(struct coverage *coverage, const struct program *program,
			  const char **file)
{
	char *interpreter =
		memory_copy(program->kind == PROGRAM_TEXT ? "/bin/sh" : program->interpreter);
	char *words[] = {interpreter, NULL, NULL};

	coverage->is_text |= program->kind == PROGRAM_TEXT;
	if (!*interpreter) {
		refusal_of_format(coverage, "a script that names no interpreter");
		return false;
	}
	*file = coverage->via = interpreter;
	const int error = path_error(interpreter);
	if (error)
		refusal_of_path(coverage, interpreter, error);
	else if (strcmp(path_last(interpreter), "env") == 0) {
		if (*program->argument)
			words[1] = memory_copy(program->argument);
		return follow_env(coverage, words, file);
	}
	return !error;
}

/* Goes from `file` through scripts to the program; false where it found none to read. */
static bool find_program(struct coverage *coverage, struct program *program, const char **file)
{
	for (int hops = 0; hops <= MOST_HOPS; hops++) {
		if (!read_program(program, *file)) {
			coverage->warning = "it cannot be read, so this is a guess";
			return false;
		}
		if (program->kind != PROGRAM_SCRIPT && program->kind != PROGRAM_TEXT)
			return true;
		if (!follow_script(coverage, program, file))
			return false;
	}
	refusal_of_format(coverage, "a script, and so on without end");
	return false;
}

/*
 * A dynamic loader reads LD_PRELOAD for the program that it is told to run; noself itself, which is
 * static, hands it on.
 */
static bool passes_preload_on(const char *file)
{
	const char *name = path_last(file);
	return strncmp(name, "ld-", 3) == 0 || strncmp(name, "ld.so", 5) == 0 ||
	       strncmp(name, "ld64.so", 7) == 0 || strcmp(name, "noself") == 0;
}

static void judge_program(struct coverage *coverage, const struct program *program)
{
	if (program->kind != PROGRAM_ELF)
		refusal_of_format(coverage, "neither a program for Linux nor a script");
	else if (!program->has_loader && program->names_libc)
		refusal_of_format(coverage, "a shared library, not a program");
	else if (!program->has_loader)
		refusal_of_library(coverage, "statically linked");
	else if (program->loader[0] == '/' && path_error(program->loader) == ENOENT)
		refusal_of_loader(coverage, program->loader);
	else if (program->is_go)
		refusal_of_library(coverage, "a Go program, which makes its own system calls");
	else if (!program->names_libc)
		refusal_of_library(coverage, "linked with no libc");
	else if (program->names_io_uring)
		coverage->warning =
			"it can use io_uring, whose connections the library does not see";
}

/* Judges `file` and what it leads to; false where it is not known what machine it is built for. */
static bool judge_file(struct coverage *coverage, const char *file, struct machine *machine)
{
	struct program program;
	const bool is_read = find_program(coverage, &program, &file);

	if (coverage->how != COVER_PRELOAD)
		return false;
	const enum privilege privilege = privilege_of(file);
	if (privilege)
		refusal_of_privilege(coverage, privilege);
	else if (is_read && !passes_preload_on(file))
		judge_program(coverage, &program);
	if (is_read)
		*machine = program.machine;
	return is_read;
}

/* Judges the command in `file`, which is there and may be run. */
static void judge_words(struct coverage *coverage, char *const *words, const char *file)
{
	const char *instead = clearing_remedy(words);
	const bool is_env = strcmp(path_last(words[0]), "env") == 0;
	struct machine machine;
	bool is_known = false;

	if (instead)
		refusal_of_clearing(coverage, instead);
	else if (!is_env || follow_env(coverage, words, &file))
		is_known = judge_file(coverage, file, &machine);
	/* Where the library does not reach the command, it may reach what that starts. */
	find_library(&coverage->library, is_known ? &machine : NULL);
	if (coverage->how == COVER_PRELOAD && coverage->library.result != LIBRARY_FOUND)
		refusal_of_search(coverage, &machine);
}

void cover_judge(struct coverage *coverage, char *const *words)
{
	int error;

	*coverage = (struct coverage){.how = COVER_PRELOAD};
	coverage->file = path_find(words[0], &error);
	if (error)
		refusal_of_path(coverage, coverage->file, error);
	else
		judge_words(coverage, words, coverage->file);
}
