/* SPDX-License-Identifier: MIT */
/* Tells by its bytes what kind of program a file is. */
#include "program.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Copies the bytes from `from` to `to`, up to the first NUL, and adds a NUL. */
static void copy(char out[PROGRAM_HEAD], const char *from, const char *to)
{
	size_t i = 0;
	for (; from < to && *from && i < PROGRAM_HEAD - 1; from++)
		out[i++] = *from;
	out[i] = '\0';
}

/* Reads a script's first line from the first bytes of its file, as the kernel does. */
static void read_script(struct program *program, const char *head, size_t length)
{
	const char *at = head + 2, *end = memchr(head, '\n', length);
	const bool is_whole = end != NULL || length < PROGRAM_HEAD;

	if (!end)
		end = head + length;
	while (at < end && is_blank(*at))
		at++;
	while (end > at && is_blank(end[-1]))
		end--;
	const char *word_end = at;
	while (word_end < end && *word_end && !is_blank(*word_end))
		word_end++;
	/* The kernel does not run an interpreter whose name may be cut off. */
	if (word_end == end && !is_whole)
		return;
	copy(program->interpreter, at, word_end);
	while (word_end < end && is_blank(*word_end))
		word_end++;
	copy(program->argument, word_end, end);
}

/* Does not use mmap(): if the file were truncated meanwhile, SIGBUS would end this process. */
size_t program_bytes(int fd, uint64_t offset, void *to, size_t size)
{
	const ssize_t got = offset > INT64_MAX ? -1 : pread(fd, to, size, (off_t)offset);
	return got > 0 ? (size_t)got : 0;
}

void program_read(struct program *program, int fd)
{
	char head[PROGRAM_HEAD] = "";
	const size_t length = program_bytes(fd, 0, head, sizeof(head));

	*program = (struct program){.kind = PROGRAM_OTHER};
	if (length >= SELFMAG && memcmp(head, ELFMAG, SELFMAG) == 0) {
		if (elf_file_read(program, fd, (const uint8_t *)head))
			program->kind = PROGRAM_ELF;
	} else if (length >= 2 && memcmp(head, "#!", 2) == 0) {
		program->kind = PROGRAM_SCRIPT;
		read_script(program, head, length);
	} else if (!memchr(head, '\0', length)) {
		program->kind = PROGRAM_TEXT;
	}
}

bool program_read_file(struct program *program, const char *file)
{
	const int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return false;
	program_read(program, fd);
	close(fd);
	return true;
}
