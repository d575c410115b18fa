/* SPDX-License-Identifier: MIT */
/* Parts of the command that the tests of the command do not reach: unusual environments, files for
 * other machines, and unusual first lines. */
#define _GNU_SOURCE
#include "unit.h"

#include <elf.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "command/environment.h"
#include "command/program.h"

/* env(1) and the shells never pass on a variable twice. */
static void test_environment_with_duplicates(void)
{
	char *from[] = {"A=1", "LD_PRELOAD=/first", "odd", "A=2", "LD_PRELOAD=/last", "=", NULL};
	char *assignments[] = {"LD_PRELOAD=new", "B=", NULL};
	const char *expected[] = {"A=1", "LD_PRELOAD=new", "odd", "A=2", "=", "B="};
	char **got = environment_with(from, assignments);

	for (int i = 0; i < 6; i++)
		CHECK_TEXT(got[i] ? got[i] : "(none)", expected[i]);
	CHECK(got[6] == NULL);
	CHECK_TEXT(environment_value(from, "LD_PRELOAD"), "/last");
	CHECK(environment_value(from, "LD_PRE") == NULL);
}

static struct program read_bytes(const void *bytes, size_t size)
{
	struct program program;
	const int fd = memfd_create("program", MFD_CLOEXEC);

	CHECK(write(fd, bytes, size) == (ssize_t)size);
	program_read(&program, fd);
	close(fd);
	return program;
}

static void check_script(const char *line, const char *interpreter, const char *argument)
{
	const struct program program = read_bytes(line, strlen(line));
	CHECK(program.kind == PROGRAM_SCRIPT);
	CHECK_TEXT(program.interpreter, interpreter);
	CHECK_TEXT(program.argument, argument);
}

static void test_first_lines(void)
{
	char line[400];

	check_script("#!/bin/sh", "/bin/sh", "");
	check_script("#!\t /bin/sh \t -e  x \t\nmore", "/bin/sh", "-e  x");
	check_script("#! \n/bin/sh", "", "");
	/* The kernel reads 256 bytes: an argument may be cut off there, an interpreter not. */
	memset(line, 'a', sizeof(line));
	memcpy(line, "#!/", 3);
	line[sizeof(line) - 1] = '\0';
	check_script(line, "", "");
	line[10] = ' ';
	CHECK(strlen(read_bytes(line, sizeof(line) - 1).argument) == PROGRAM_HEAD - 11);
}

/* Puts a number of `size` bytes at `at`. */
static void put(uint8_t *at, uint64_t number, int size, int is_big)
{
	for (int i = 0; i < size; i++)
		at[is_big ? size - 1 - i : i] = (uint8_t)(number >> 8 * i);
}

#define PUT(struct_at, type, member, number)                                                       \
	(is_64 ? put((struct_at) + offsetof(Elf64_##type, member), number,                         \
		     sizeof(((Elf64_##type *)0)->member), is_big)                                  \
	       : put((struct_at) + offsetof(Elf32_##type, member), number,                         \
		     sizeof(((Elf32_##type *)0)->member), is_big))

/* A program with a loader, as small as can be, of either class and order. */
static void test_machine(int is_64, int is_big)
{
	uint8_t file[256] = ELFMAG;
	uint8_t *segment = file + (is_64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr));

	file[EI_CLASS] = is_64 ? ELFCLASS64 : ELFCLASS32;
	file[EI_DATA] = is_big ? ELFDATA2MSB : ELFDATA2LSB;
	PUT(file, Ehdr, e_type, ET_EXEC);
	PUT(file, Ehdr, e_machine, EM_S390);
	PUT(file, Ehdr, e_phoff, (uint64_t)(segment - file));
	PUT(file, Ehdr, e_phnum, 1);
	PUT(file, Ehdr, e_phentsize, is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr));
	PUT(segment, Phdr, p_type, PT_INTERP);
	PUT(segment, Phdr, p_offset, 200);
	PUT(segment, Phdr, p_filesz, 7);
	memcpy(file + 200, "/lib/ld", 8);

	const struct program program = read_bytes(file, sizeof(file));
	CHECK(program.kind == PROGRAM_ELF && program.has_loader);
	CHECK(program.machine == MACHINE(file[EI_CLASS], file[EI_DATA], EM_S390));
	CHECK_TEXT(program.loader, "/lib/ld");
	PUT(file, Ehdr, e_phnum, 7);
	CHECK(read_bytes(file, sizeof(file)).kind == PROGRAM_OTHER);
}

int main(void)
{
	test_environment_with_duplicates();
	test_first_lines();
	for (int i = 0; i < 4; i++)
		test_machine(i & 1, i >> 1);
	return verdict_of_unit();
}
