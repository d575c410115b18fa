/* SPDX-License-Identifier: MIT */
/* What a program's file is, as far as its bytes say. Pure: reads through a source alone. */
#include "program.h"

#include <elf.h>
#include <string.h>

#include "elf_file.h"
#include "script.h"

void program_read(struct program *program, struct source *source)
{
	char head[PROGRAM_HEAD];
	const size_t length = source_read_some(source, 0, head, sizeof(head));

	*program = (struct program){.kind = PROGRAM_OTHER};
	if (length >= SELFMAG && memcmp(head, ELFMAG, SELFMAG) == 0) {
		if (elf_file_read(program, source))
			program->kind = PROGRAM_ELF;
	} else if (length >= 2 && memcmp(head, "#!", 2) == 0) {
		program->kind = PROGRAM_SCRIPT;
		script_read(program, head, length);
	} else if (!memchr(head, '\0', length)) {
		program->kind = PROGRAM_TEXT;
	}
}
