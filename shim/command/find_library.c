/* SPDX-License-Identifier: MIT */
/* Finds the libnoself.so to preload. */
#include "find_library.h"

#include <elf.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "messages.h"

#define NAME "libnoself.so"

const char installed_directory[] = LIBDIR;

static const struct row {
	const char *name;
	uint32_t machine;
	int family; /* one kernel can run all machines of a family */
} machines[] = {
	{.name = "another machine"},
	{"x86-64", MACHINE(ELFCLASS64, ELFDATA2LSB, EM_X86_64), EM_386},
	{"i386", MACHINE(ELFCLASS32, ELFDATA2LSB, EM_386), EM_386},
	{"AArch64", MACHINE(ELFCLASS64, ELFDATA2LSB, EM_AARCH64), EM_ARM},
	{"32-bit ARM", MACHINE(ELFCLASS32, ELFDATA2LSB, EM_ARM), EM_ARM},
	{"RISC-V 64", MACHINE(ELFCLASS64, ELFDATA2LSB, EM_RISCV), EM_RISCV},
	{"ppc64le", MACHINE(ELFCLASS64, ELFDATA2LSB, EM_PPC64), EM_PPC64},
	{"s390x", MACHINE(ELFCLASS64, ELFDATA2MSB, EM_S390), EM_S390},
};

/* The directories of the libraries for several architectures: below /usr/lib on Debian, /usr/lib64
 * and /usr/lib32 on others, and below build/ after `make arch`. */
/* clang-format off */
static const char *const places[] = {
	"/x86_64-linux-gnu", "/i386-linux-gnu", "/x86_64-linux-gnux32", "/aarch64-linux-gnu",
	"/arm-linux-gnueabihf", "/arm-linux-gnueabi", "/riscv64-linux-gnu", "/powerpc64le-linux-gnu",
	"/s390x-linux-gnu", "", "64", "32", "/x86_64", "/i386", "/aarch64", "/armhf", "/riscv64",
};
/* clang-format on */
enum { TRIPLETS = 9, PLACES = sizeof(places) / sizeof(*places) };

static const struct row *row_of(uint32_t machine)
{
	int i = sizeof(machines) / sizeof(*machines);
	while (--i && machines[i].machine != machine)
		;
	return &machines[i];
}

const char *machine_name(uint32_t machine)
{
	return row_of(machine)->name;
}

bool machine_is_akin(uint32_t a, uint32_t b)
{
	return row_of(a)->family && row_of(a)->family == row_of(b)->family;
}

/* Takes the library of a directory; true if it is for the wanted machine. */
static bool look(struct library *library, uint32_t wanted, const char *directory)
{
	const char *file = format("%s/" NAME, directory);
	struct program program;

	if (!program_read_file(&program, file) || program.kind != PROGRAM_ELF)
		return false;
	library->file = file;
	library->result = LIBRARY_FOUND;
	if (!wanted || wanted == program.machine)
		return true;
	library->other = program.machine;
	library->result = LIBRARY_OTHER;
	return false;
}

/* The part before the last slash; empty if there is none. */
static char *above(const char *path)
{
	char *copy = format("%s", path), *slash = strrchr(copy, '/');

	*(slash ? slash : copy) = '\0';
	return copy;
}

/* The directory to which `places` are relative: /usr/lib for /usr/lib64 and /usr/lib/TRIPLET. */
static char *base_of(const char *directory)
{
	const char *last = strrchr(directory, '/');
	char *base = last && strstr(last, "-linux-") ? above(directory) : format("%s", directory);
	const size_t length = strlen(base);

	if (length > 2 && strcmp(base + length - 2, "64") == 0)
		base[length - 2] = '\0';
	return base;
}

static bool look_around(struct library *library, uint32_t wanted, const char *directory)
{
	const char *base = base_of(directory);

	if (look(library, wanted, directory))
		return true;
	for (int i = 0; i < PLACES; i++)
		if (look(library, wanted, format("%s%s", base, places[i])))
			return true;
	return false;
}

/* The path of this program's file; empty if unknown. */
static const char *own_file(void)
{
	static char file[PATH_MAX];
	const char *started_as = (const char *)getauxval(AT_EXECFN);

	if (readlink("/proc/self/exe", file, sizeof(file) - 1) > 0)
		return file;
	/* A root without /proc. */
	return started_as && realpath(started_as, file) ? file : "";
}

/* Searches beside the command, in the directory of `make install`, and in ../lib. */
static bool search(struct library *library, uint32_t wanted)
{
	const char *own = above(own_file());

	return look(library, wanted, own) ||
	       (library->result == LIBRARY_OTHER && look_around(library, wanted, own)) ||
	       (*installed_directory && look_around(library, wanted, installed_directory)) ||
	       look_around(library, wanted, format("%s/lib", above(own)));
}

/* Whether the loaders of several architectures each find a library by the name without a path. */
static bool has_siblings(const char *file)
{
	const char *base = base_of(above(file));
	int found = 0;

	if (strncmp(file, "/usr/lib", 8) != 0 && strncmp(file, "/lib", 4) != 0)
		return false;
	for (int i = 0; i < TRIPLETS; i++)
		found += access(format("%s%s/" NAME, base, places[i]), R_OK) == 0;
	return found > 1;
}

void find_library(struct library *library, uint32_t wanted)
{
	library->result = LIBRARY_NONE;
	if (!search(library, wanted))
		return;
	/* Only the name without a path serves several architectures at once. */
	library->entry = has_siblings(library->file) ? NAME : library->file;
	if (strpbrk(library->entry, " \t\n\v\f\r:$"))
		library->result = LIBRARY_INEXPRESSIBLE;
}
