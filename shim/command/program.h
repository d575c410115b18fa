/* SPDX-License-Identifier: MIT */
/* What a program's file is, as far as its bytes say. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a program is built for: e_ident[EI_CLASS], e_ident[EI_DATA] and e_machine; 0: unknown. */
#define MACHINE(class, data, number)                                                               \
	((uint32_t)(class) << 24 | (uint32_t)(data) << 16 | (uint32_t)(number))

enum program_kind {
	PROGRAM_OTHER, /* nothing that this system runs, or damaged */
	PROGRAM_ELF,
	PROGRAM_SCRIPT, /* begins with #! */
	PROGRAM_TEXT,   /* no #! and no NUL: a shell runs it */
};

/* The kernel reads so much of a file to learn how to run it. */
enum { PROGRAM_HEAD = 256 };

struct program {
	enum program_kind kind;

	/* Of a script: the words after #!. Empty where there is none. */
	char interpreter[PROGRAM_HEAD], argument[PROGRAM_HEAD];

	/* Of an ELF file. */
	uint32_t machine;
	bool has_loader;           /* it names a dynamic loader, so it is no static program */
	char loader[PROGRAM_HEAD]; /* its path; empty where it is longer than that */
	bool is_go;                /* carries the note of Go's linker */
	bool names_libc;           /* its dynamic strings name a C library */
	bool names_io_uring;       /* or the functions of io_uring */
};

/* Reads an open file. */
void program_read(struct program *program, int fd);

/* The same by name; false where this user may not read it. */
bool program_read_file(struct program *program, const char *file);

/* Fills in what is said of an ELF file; `head` is its first bytes, zeros behind its end. False
 * where it is none that the kernel would run. */
bool elf_file_read(struct program *program, int fd, const uint8_t head[PROGRAM_HEAD]);

/* As many of the `size` bytes from `offset` on as the file has, which it returns. */
size_t program_bytes(int fd, uint64_t offset, void *to, size_t size);
