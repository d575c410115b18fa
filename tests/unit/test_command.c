/* SPDX-License-Identifier: MIT */
/* Parts of the command that the tests of the command do not reach: unusual environments, files for
 * other machines, and unusual first lines. */
#define _GNU_SOURCE
#include "unit.h"

#include <elf.h>
#include <stddef.h>
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
	check_script("#!", "", "");
	/* The kernel reads 256 bytes: an argument may be cut off there, an interpreter not. */
	memset(line, 'a', sizeof(line));
	memcpy(line, "#!/", 3);
	line[sizeof(line) - 1] = '\0';
	check_script(line, "", "");
	line[10] = ' ';
	CHECK(strlen(read_bytes(line, sizeof(line) - 1).argument) == PROGRAM_HEAD - 11);
}

/* A small program of 32 bits, with the most significant byte first, and with a loader. */
static void test_foreign_machine(void)
{
	enum { SEGMENT = sizeof(Elf32_Ehdr), LOADER = 200 };
	uint8_t file[256] = {
		[EI_CLASS] = ELFCLASS32,
		[EI_DATA] = ELFDATA2MSB,
		[offsetof(Elf32_Ehdr, e_type) + 1] = ET_EXEC,
		[offsetof(Elf32_Ehdr, e_machine)] = 1,
		[offsetof(Elf32_Ehdr, e_machine) + 1] = EM_S390,
		[offsetof(Elf32_Ehdr, e_phoff) + 3] = SEGMENT,
		[offsetof(Elf32_Ehdr, e_phentsize) + 1] = sizeof(Elf32_Phdr),
		[offsetof(Elf32_Ehdr, e_phnum) + 1] = 1,
		[SEGMENT + offsetof(Elf32_Phdr, p_type) + 3] = PT_INTERP,
		[SEGMENT + offsetof(Elf32_Phdr, p_offset) + 3] = LOADER,
		[SEGMENT + offsetof(Elf32_Phdr, p_filesz) + 3] = 7,
	};
	memcpy(file, ELFMAG, SELFMAG);
	memcpy(file + LOADER, "/lib/ld", 8);

	const struct program program = read_bytes(file, sizeof(file));
	CHECK(program.kind == PROGRAM_ELF && program.has_loader);
	CHECK(program.machine == MACHINE(ELFCLASS32, ELFDATA2MSB, 256 + EM_S390));
	CHECK_TEXT(program.loader, "/lib/ld");
	CHECK(read_bytes(file, SELFMAG).kind == PROGRAM_OTHER);
	/* More segments than the file has room for. */
	file[offsetof(Elf32_Ehdr, e_phnum) + 1] = 7;
	CHECK(read_bytes(file, sizeof(file)).kind == PROGRAM_OTHER);
}

/* A program whose table of names is longer than one read; one name lies across two reads. */
static struct {
	Elf64_Ehdr head;
	Elf64_Phdr load, dynamic, note_segment;
	Elf64_Dyn tags[2];
	Elf64_Nhdr note;
	char owner[4], names[150000];
} file = {
	.head = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB},
		 .e_type = ET_EXEC,
		 .e_phoff = sizeof(Elf64_Ehdr),
		 .e_phentsize = sizeof(Elf64_Phdr),
		 .e_phnum = 3},
	.load = {.p_type = PT_LOAD, .p_vaddr = 0x400000, .p_filesz = sizeof(file)},
	.dynamic = {.p_type = PT_DYNAMIC,
		    .p_offset = offsetof(__typeof__(file), tags),
		    .p_filesz = sizeof(file.tags)},
	.note_segment = {.p_type = PT_NOTE,
			 .p_offset = offsetof(__typeof__(file), note),
			 .p_filesz = sizeof(file.note) + sizeof(file.owner)},
	.tags = {{DT_STRTAB, {0x400000 + offsetof(__typeof__(file), names)}},
		 {DT_STRSZ, {sizeof(file.names)}}},
};

static struct program read_file(void)
{
	return read_bytes(&file, sizeof(file));
}

static void test_names(void)
{
	static const char *const libcs[] = {"libc.so", "libc.so.6", "ld-musl-x86_64.so.1",
					    "libc.musl-x86_64.so.1"};
	memset(file.names, 'a', 70000);
	strcpy(file.names + 131075, "io_uring_setup");
	for (unsigned i = 0; i < COUNT(libcs); i++) {
		strcpy(file.names, libcs[i]);
		const struct program program = read_file();
		CHECK(program.names_libc && program.names_io_uring);
	}
	/* No segment holds the table. */
	file.load.p_filesz = offsetof(__typeof__(file), names);
	CHECK(read_file().kind == PROGRAM_ELF && !read_file().names_libc);
	/* The loader's name is too long. */
	file.load = (Elf64_Phdr){.p_type = PT_INTERP,
				 .p_offset = offsetof(__typeof__(file), names),
				 .p_filesz = sizeof(read_file().loader)};
	CHECK(read_file().has_loader && !*read_file().loader);
	/* It is an object, has no segments, or has segments of another size. */
	for (int i = 0; i < 3; i++) {
		const Elf64_Ehdr head = file.head;
		file.head.e_type = i == 0 ? ET_REL : ET_DYN;
		file.head.e_phnum = i == 1 ? 0 : 3;
		file.head.e_phentsize += i == 2;
		CHECK(read_file().kind == PROGRAM_OTHER);
		file.head = head;
	}
}

static void test_notes(void)
{
	static const struct {
		const char *owner;
		unsigned type;
		bool is_go;
	} rows[] = {{"Go", 4, true}, {"Go", 3, false}, {"GNU", 4, false}};

	for (unsigned i = 0; i < COUNT(rows); i++) {
		file.note = (Elf64_Nhdr){4, 0, rows[i].type};
		strcpy(file.owner, rows[i].owner);
		CHECK(read_file().is_go == rows[i].is_go);
	}
}

int main(void)
{
	test_environment_with_duplicates();
	test_first_lines();
	test_foreign_machine();
	test_names();
	test_notes();
	return verdict_of_unit();
}
