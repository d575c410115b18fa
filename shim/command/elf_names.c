/* SPDX-License-Identifier: MIT */
/* The dynamic strings of an ELF file: whether they name a C library, or io_uring. Pure. */
#include "elf_names.h"

#include <string.h>

enum {
	LONGEST = 16,              /* of a name, as much as has to be compared */
	MOST_BYTES = 64 * 1048576, /* a table that claims to be longer is read no further */
};

static bool begins(const char *name, const char *with)
{
	return strncmp(name, with, strlen(with)) == 0;
}

static void judge_name(struct program *program, const char *name)
{
	if (strcmp(name, "libc.so") == 0 || begins(name, "libc.so.6") ||
	    begins(name, "libc.musl-") || begins(name, "ld-musl-"))
		program->names_libc = true;
	if (begins(name, "io_uring_") || begins(name, "liburing"))
		program->names_io_uring = true;
}

void elf_names_read(struct program *program, struct source *source, uint64_t offset,
		    uint64_t length)
{
	char chunk[512], name[LONGEST + 1];
	size_t name_length = 0, got;

	if (length > MOST_BYTES)
		length = MOST_BYTES;
	for (; length; offset += got, length -= got) {
		const size_t size = length < sizeof(chunk) ? (size_t)length : sizeof(chunk);
		got = source_read_some(source, offset, chunk, size);
		if (!got)
			return;
		for (size_t i = 0; i < got; i++) {
			if (name_length < LONGEST)
				name[name_length++] = chunk[i];
			if (chunk[i])
				continue;
			name[LONGEST] = '\0';
			judge_name(program, name);
			name_length = 0;
		}
	}
}
