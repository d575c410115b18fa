/* SPDX-License-Identifier: MIT */
/* Calls the parser of program files with every possible file: see tests/prove/run. */
#include <__fc_builtin.h>
#include <elf.h>
#include <unistd.h>

#include "command/program.h"

static char class; /* of the file; with both at once, sizes could not be told from each other */

/* Any bytes, and as many of them as the kernel likes. */
ssize_t pread(int fd, void *buffer, size_t size, off_t offset)
{
	char *bytes = buffer;
	(void)fd;
	Frama_C_make_unknown(buffer, size);
	if (offset == 0 && size == PROGRAM_HEAD)
		bytes[EI_CLASS] = class;
	return Frama_C_interval(-1, (int)size);
}

void prove(void)
{
	struct program program;
	class = ELFCLASS32;
	program_read(&program, 3);
	class = ELFCLASS64;
	program_read(&program, 3);
}
