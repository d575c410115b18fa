/* SPDX-License-Identifier: MIT */
/* Which libnoself.so is to be preloaded. */
#include "find_library.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "installed.h"
#include "memory.h"
#include "program.h"

#define NAME "libnoself.so"

/* What the file is built for; false where it is no library. */
static bool read_machine(const char *file, struct machine *machine)
{
	struct source source;
	struct program program;
	const int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return false;
	source_of_file(&source, fd);
	program_read(&program, &source);
	close(fd);
	*machine = program.machine;
	return program.kind == PROGRAM_ELF;
}

/* Takes the library of a directory, if there is one that fits; true where the search is over. */
static bool look(struct library *library, const struct machine *wanted, const char *directory)
{
	const char *file = memory_format("%s/" NAME, directory);
	struct machine machine;

	if (!read_machine(file, &machine))
		return false;
	if (wanted && !machine_same(*wanted, machine)) {
		if (library->result == LIBRARY_NONE)
			library->other = machine;
		library->result = LIBRARY_OTHER;
		return false;
	}
	library->result = LIBRARY_FOUND;
	library->file = file;
	return true;
}

/* The directory above those of several architectures: /usr/lib of /usr/lib64, /usr/lib/TRIPLET. */
static const char *base_of(const char *directory)
{
	char *base = memory_copy(directory);
	char *last = strrchr(base, '/');

	if (last && strstr(last, "-linux-"))
		*last = '\0';
	const size_t length = strlen(base);
	if (length > 2 && strcmp(base + length - 2, "64") == 0)
		base[length - 2] = '\0';
	return base;
}

/* A directory for libraries, and those that systems with several architectures have beside it. */
static bool look_in_libdir(struct library *library, const struct machine *wanted,
			   const char *directory)
{
	const char *base = base_of(directory);

	if (!*directory)
		return false;
	if (look(library, wanted, directory) || look(library, wanted, base) ||
	    look(library, wanted, memory_format("%s64", base)) ||
	    look(library, wanted, memory_format("%s32", base)))
		return true;
	for (int i = 0; i < MACHINES; i++)
		if (look(library, wanted, memory_format("%s/%s", base, machine_table[i].triplet)))
			return true;
	return false;
}

/* The tree that this was built in: the library lies beside the command. */
static bool look_in_build(struct library *library, const struct machine *wanted, const char *build)
{
	if (look(library, wanted, build))
		return true;
	for (int i = 0; i < MACHINES && library->result != LIBRARY_NONE; i++)
		if (machine_table[i].build &&
		    look(library, wanted, memory_format("%s/%s", build, machine_table[i].build)))
			return true;
	return false;
}

/* The directory above the last slash; empty where there is none. */
static const char *above(const char *path)
{
	char *copy = memory_copy(path), *slash = strrchr(copy, '/');

	*(slash ? slash : copy) = '\0';
	return copy;
}

/* This program's own file; empty where it cannot be told. */
static const char *own_file(void)
{
	static char file[PATH_MAX];
	const char *started_as = (const char *)getauxval(AT_EXECFN);

	if (readlink("/proc/self/exe", file, sizeof(file) - 1) > 0)
		return file;
	/* A root without /proc. */
	return started_as && realpath(started_as, file) ? file : "";
}

static bool search(struct library *library, const struct machine *wanted)
{
	const char *own = above(own_file());

	return look_in_build(library, wanted, own) ||
	       look_in_libdir(library, wanted, installed_libdir) ||
	       look_in_libdir(library, wanted, memory_format("%s/lib", above(own)));
}

/* Whether the loaders of several architectures find a library each by the bare name. */
static bool has_siblings(const char *file)
{
	const char *base = base_of(above(file));
	int found = 0;

	if (strncmp(file, "/usr/lib", 8) != 0 && strncmp(file, "/lib", 4) != 0)
		return false;
	for (int i = 0; i < MACHINES; i++)
		found += access(memory_format("%s/%s/" NAME, base, machine_table[i].triplet),
				R_OK) == 0;
	return found > 1;
}

void find_library(struct library *library, const struct machine *machine)
{
	library->result = LIBRARY_NONE;
	if (!search(library, machine))
		return;
	/* For several architectures at once there is only the bare name. */
	library->entry = has_siblings(library->file) ? NAME : library->file;
	if (strpbrk(library->entry, " \t\n\v\f\r:$"))
		library->result = LIBRARY_INEXPRESSIBLE;
}
