/* SPDX-License-Identifier: MIT */
/* Fuzzes the parser of program files: its results equal those of a parser by the structs of
 * <elf.h>.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <elf.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "command/program.h"

static struct program read_bytes(const uint8_t *data, size_t size)
{
	static int fd = -1;
	struct program program;

	if (fd < 0)
		fd = memfd_create("fuzz", MFD_CLOEXEC);
	assert(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
	program_read(&program, fd);
	return program;
}

/* For this machine's class and byte order, read as by the kernel: 1 for an ELF program with a
 * loader, 0 for one without, -1 for other files. */
static int loader_by_structs(const uint8_t *data, size_t size)
{
	Elf64_Ehdr head = {.e_phnum = 0}; /* the kernel takes zeros for what is behind the end */
	int loader = 0;

	memcpy(&head, data, size < sizeof(head) ? size : sizeof(head));
	if ((head.e_type != ET_EXEC && head.e_type != ET_DYN) || !head.e_phnum ||
	    head.e_phentsize != sizeof(Elf64_Phdr) || head.e_phnum * sizeof(Elf64_Phdr) > 65536)
		return -1;
	for (unsigned i = 0; i < head.e_phnum; i++) {
		Elf64_Phdr segment;
		const uint64_t at = head.e_phoff + i * sizeof(segment);
		if (head.e_phoff > size || at > size || size - at < sizeof(segment))
			return -1;
		memcpy(&segment, data + at, sizeof(segment));
		loader |= segment.p_type == PT_INTERP;
	}
	return loader;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct program program = read_bytes(data, size);
	const int is_elf = size >= SELFMAG && memcmp(data, ELFMAG, SELFMAG) == 0;
	const int is_script = size >= 2 && memcmp(data, "#!", 2) == 0;

	assert((program.kind == PROGRAM_SCRIPT) == is_script);
	assert(is_elf || program.kind != PROGRAM_ELF);
	if (is_elf && size > EI_DATA && data[EI_CLASS] == ELFCLASS64 &&
	    data[EI_DATA] == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? ELFDATA2MSB : ELFDATA2LSB)) {
		const int loader = loader_by_structs(data, size);
		assert((program.kind == PROGRAM_ELF) == (loader >= 0));
		assert(program.kind != PROGRAM_ELF || program.has_loader == loader);
	}
	/* The words of a script's first line, as far as the kernel reads it. */
	assert(!strpbrk(program.interpreter, " \t\n") && !strchr(program.argument, '\n'));
	assert(!is_script || memmem(data, size, program.interpreter, strlen(program.interpreter)));
	return 0;
}
