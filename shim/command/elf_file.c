/* SPDX-License-Identifier: MIT */
/* Reads the parts of an ELF file that tell whether the library reaches the program. */
#include "program.h"

#include <elf.h>
#include <string.h>

enum {
	MAX_BYTES = 65536,        /* of each part to read at once; the kernel's limit for headers */
	MAX_NAMES = 64 * 1048576, /* of a string table to read; a longer one is cut off */
};

struct elf {
	int fd;
	bool is_64, is_big;
	unsigned count;              /* of program headers */
	uint8_t headers[MAX_BYTES];  /* the program headers */
	uint8_t part[MAX_BYTES + 1]; /* the part that was read last, and a NUL */
};

/* A number of `size` bytes, in the file's byte order. */
static uint64_t number(const struct elf *elf, const uint8_t *at, size_t size)
{
	uint64_t n = 0;
	for (size_t i = 0; i < size; i++)
		n = n << 8 | at[elf->is_big ? i : size - 1 - i];
	return n;
}

/* A member of a struct of <elf.h> that lies at `at`, in the file's class. */
#define MEMBER(elf, at, type, member)                                                              \
	((elf)->is_64 ? number(elf, (at) + offsetof(Elf64_##type, member),                         \
			       sizeof(((Elf64_##type *)0)->member))                                \
		      : number(elf, (at) + offsetof(Elf32_##type, member),                         \
			       sizeof(((Elf32_##type *)0)->member)))
#define SIZE_OF(elf, type) ((elf)->is_64 ? sizeof(Elf64_##type) : sizeof(Elf32_##type))
#define SEGMENT(elf, i, member) MEMBER(elf, (elf)->headers + (i)*SIZE_OF(elf, Phdr), Phdr, member)

/* The offset of the byte that is mapped to `address`, or 0. */
static uint64_t offset_of(const struct elf *elf, uint64_t address)
{
	for (unsigned i = 0; i < elf->count; i++) {
		const uint64_t distance = address - SEGMENT(elf, i, p_vaddr);
		if (SEGMENT(elf, i, p_type) == PT_LOAD && distance < SEGMENT(elf, i, p_filesz))
			return SEGMENT(elf, i, p_offset) + distance;
	}
	return 0;
}

/* Reads up to `size` bytes, at most MAX_BYTES, into `part`; returns how many it read. */
static size_t read_part(struct elf *elf, uint64_t offset, uint64_t size)
{
	const size_t most = size < MAX_BYTES ? (size_t)size : MAX_BYTES;
	return program_bytes(elf->fd, offset, elf->part, most);
}

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

/* The dynamic strings, which name the libraries and the imports. */
static void read_names(struct program *program, struct elf *elf, uint64_t offset, uint64_t size)
{
	size_t done;

	for (size = size < MAX_NAMES ? size : MAX_NAMES; size; offset += done, size -= done) {
		const size_t got = read_part(elf, offset, size);
		done = 0;
		for (size_t i = 0; i < got; i++) {
			if (elf->part[i])
				continue;
			judge_name(program, (const char *)elf->part + done);
			done = i + 1;
		}
		/* Read a name that is cut off again, unless it is longer than any that matters. */
		if (done == 0)
			done = got;
		if (done == 0)
			return;
	}
}

/* The dynamic section has the address of the strings. */
static void read_dynamic(struct program *program, struct elf *elf, size_t got)
{
	const size_t size = SIZE_OF(elf, Dyn);
	uint64_t address = 0, length = 0;

	for (size_t at = 0; at + size <= got; at += size) {
		const uint64_t tag = MEMBER(elf, elf->part + at, Dyn, d_tag);
		const uint64_t value = MEMBER(elf, elf->part + at, Dyn, d_un.d_val);
		if (tag == DT_NULL)
			break;
		if (tag == DT_STRTAB)
			address = value;
		if (tag == DT_STRSZ)
			length = value;
	}
	const uint64_t strings = address ? offset_of(elf, address) : 0;
	if (strings)
		read_names(program, elf, strings, length);
}

/* Go's linker adds a note of type 4 with the owner "Go". */
static void read_notes(struct program *program, const struct elf *elf, size_t got)
{
	enum { GO_BUILD_ID = 4, HEADER = sizeof(Elf64_Nhdr) }; /* the same in both classes */
	static const char owner[4] = "Go\0";

	for (size_t i = 0; i + HEADER + sizeof(owner) <= got; i += 4) {
		const uint8_t *at = elf->part + i;
		if (MEMBER(elf, at, Nhdr, n_namesz) == sizeof(owner) &&
		    MEMBER(elf, at, Nhdr, n_type) == GO_BUILD_ID &&
		    memcmp(at + HEADER, owner, sizeof(owner)) == 0)
			program->is_go = true;
	}
}

static void read_segment(struct program *program, struct elf *elf, unsigned i)
{
	const uint64_t type = SEGMENT(elf, i, p_type);

	if (type != PT_INTERP && type != PT_NOTE && type != PT_DYNAMIC)
		return;
	const size_t got = read_part(elf, SEGMENT(elf, i, p_offset), SEGMENT(elf, i, p_filesz));
	if (type == PT_NOTE)
		read_notes(program, elf, got);
	else if (type == PT_DYNAMIC)
		read_dynamic(program, elf, got);
	else
		program->has_loader = true;
	if (type == PT_INTERP && got < sizeof(program->loader))
		memcpy(program->loader, elf->part, got);
}

bool elf_file_read(struct program *program, int fd, const uint8_t head[PROGRAM_HEAD])
{
	static struct elf elf; /* too large for a small stack */

	elf.fd = fd;
	elf.is_64 = head[EI_CLASS] == ELFCLASS64;
	elf.is_big = head[EI_DATA] == ELFDATA2MSB;
	elf.count = (unsigned)MEMBER(&elf, head, Ehdr, e_phnum);
	const uint64_t type = MEMBER(&elf, head, Ehdr, e_type);
	const size_t size = elf.count * SIZE_OF(&elf, Phdr);
	program->machine =
		MACHINE(head[EI_CLASS], head[EI_DATA], MEMBER(&elf, head, Ehdr, e_machine));
	if ((type != ET_EXEC && type != ET_DYN) || elf.count == 0 ||
	    elf.count > MAX_BYTES / SIZE_OF(&elf, Phdr) ||
	    MEMBER(&elf, head, Ehdr, e_phentsize) != SIZE_OF(&elf, Phdr) ||
	    program_bytes(fd, MEMBER(&elf, head, Ehdr, e_phoff), elf.headers, size) < size)
		return false;
	for (unsigned i = 0; i < elf.count; i++)
		read_segment(program, &elf, i);
	return true;
}
