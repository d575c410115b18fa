/* SPDX-License-Identifier: MIT */
/* What a program's file is, as far as its bytes say. Pure: reads through a source alone. */
#pragma once

#include <stdbool.h>

#include "machine.h"
#include "source.h"

enum program_kind {
	PROGRAM_ELF,
	PROGRAM_SCRIPT, /* begins with #! */
	PROGRAM_TEXT,   /* no #! and no NUL: a shell runs it */
	PROGRAM_OTHER,  /* nothing that this system runs, or damaged */
};

/* The kernel reads so much of a file to learn how to run it. */
enum { PROGRAM_HEAD = 256 };

struct program {
	enum program_kind kind;

	/* Of a script: the words after #!. Empty where there is none. */
	char interpreter[PROGRAM_HEAD], argument[PROGRAM_HEAD];

	/* Of an ELF file. */
	struct machine machine;
	bool has_loader;           /* it names a dynamic loader, so it is no static program */
	char loader[PROGRAM_HEAD]; /* its path; empty where it is longer than that */
	bool is_go;                /* carries the note of Go's linker */
	bool names_libc;           /* its dynamic strings name a C library */
	bool names_io_uring;       /* or the functions of io_uring */
};

void program_read(struct program *program, struct source *source);
