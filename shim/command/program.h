/* SPDX-License-Identifier: MIT */
/* Tells by its bytes what kind of program a file is. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A program's machine: e_ident[EI_CLASS], e_ident[EI_DATA] and e_machine; 0: unknown. */
#define MACHINE(class, data, number)                                                               \
	((uint32_t)(class) << 24 | (uint32_t)(data) << 16 | (uint32_t)(number))

enum program_kind {
	PROGRAM_OTHER, /* not a program for Linux, or damaged */
	PROGRAM_ELF,
	PROGRAM_SCRIPT, /* begins with #! */
	PROGRAM_TEXT,   /* without #! and NUL: a shell runs it */
};

/* The kernel reads so many bytes of a file to decide how to run it. */
enum { PROGRAM_HEAD = 256 };

struct program {
	enum program_kind kind;

	/* For a script: the words after #!, empty if there are none. */
	char interpreter[PROGRAM_HEAD], argument[PROGRAM_HEAD];

	/* For an ELF file. */
	uint32_t machine;
	bool has_loader;           /* it names a dynamic loader, so it is not static */
	char loader[PROGRAM_HEAD]; /* its path; empty if it is longer than that */
	bool is_go;                /* it has the note of Go's linker */
	bool names_libc;           /* its dynamic strings have the name of a C library */
	bool names_io_uring;       /* its dynamic strings have a function of io_uring */
};

/* Reads an open file. */
void program_read(struct program *program, int fd);

/* The same by name; false if this user may not read it. */
bool program_read_file(struct program *program, const char *file);

/* Fills in the members for an ELF file; `head` has its first bytes, and zeros after its end. False
 * if the kernel would not run it. */
bool elf_file_read(struct program *program, int fd, const uint8_t head[PROGRAM_HEAD]);

/* Reads up to `size` bytes from `offset` on; returns how many the file had. */
size_t program_bytes(int fd, uint64_t offset, void *to, size_t size);
