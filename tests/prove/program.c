/* SPDX-License-Identifier: MIT */
/* The parser of program files, with every file of some lengths: see tests/prove/run. */
#include <__fc_builtin.h>
#include <unistd.h>

#include "command/program.h"

enum { LONGEST = 1000 };

static void prove_length(size_t length)
{
	uint8_t file[LONGEST];
	struct program program;
	struct source source;

	Frama_C_make_unknown((char *)file, sizeof(file));
	/* Nothing lies behind the file. */
	source_of_buffer(&source, file + LONGEST - length, length);
	program_read(&program, &source);
}

/* The kernel reads as much as it likes. */
ssize_t pread(int fd, void *buffer, size_t size, off_t offset)
{
	(void)fd;
	(void)offset;
	Frama_C_make_unknown(buffer, size);
	return Frama_C_interval(-1, (int)size);
}

static void prove_file(void)
{
	struct program program;
	struct source source;

	source_of_file(&source, 3);
	program_read(&program, &source);
}

void prove(void)
{
	prove_length(0);
	prove_length(2);
	prove_length(100);
	prove_length(LONGEST);
	prove_file();
}
