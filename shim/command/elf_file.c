/* SPDX-License-Identifier: MIT */
/* The parts of an ELF file that say whether the library reaches it. Pure. */
#include "elf_file.h"

#include <elf.h>
#include <stddef.h>
#include <string.h>

#include "elf_names.h"

struct elf {
	struct source *source;
	bool is_64, is_big;
	uint64_t headers; /* where the program headers begin */
	unsigned count;   /* how many there are */
};

/* A number of `size` bytes, in the file's own order. */
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

struct segment {
	uint32_t type;
	uint64_t offset, address, size;
};

/* False where the file ends before it. */
static bool read_segment(const struct elf *elf, unsigned i, struct segment *segment)
{
	uint8_t at[sizeof(Elf64_Phdr)];
	const size_t size = SIZE_OF(elf, Phdr);

	if (!source_read(elf->source, elf->headers + i * size, at, size))
		return false;
	segment->type = (uint32_t)MEMBER(elf, at, Phdr, p_type);
	segment->offset = MEMBER(elf, at, Phdr, p_offset);
	segment->address = MEMBER(elf, at, Phdr, p_vaddr);
	segment->size = MEMBER(elf, at, Phdr, p_filesz);
	return true;
}

/* Where the byte lies that is mapped to `address`, or 0. */
static uint64_t offset_of(const struct elf *elf, uint64_t address)
{
	struct segment load;
	for (unsigned i = 0; i < elf->count && read_segment(elf, i, &load); i++)
		if (load.type == PT_LOAD && address >= load.address &&
		    address - load.address < load.size)
			return address - load.address + load.offset;
	return 0;
}

/* The dynamic section: says where the strings are, which name the libraries and the imports. */
static void read_dynamic(struct program *program, const struct elf *elf, const struct segment *all)
{
	enum { MOST_ENTRIES = 4096 };
	uint8_t at[sizeof(Elf64_Dyn)];
	const size_t size = SIZE_OF(elf, Dyn);
	uint64_t address = 0, length = 0;

	for (uint64_t i = 0; i < MOST_ENTRIES && (i + 1) * size <= all->size; i++) {
		if (!source_read(elf->source, all->offset + i * size, at, size))
			break;
		const uint64_t tag = MEMBER(elf, at, Dyn, d_tag);
		const uint64_t value = MEMBER(elf, at, Dyn, d_un.d_val);
		if (tag == DT_NULL)
			break;
		if (tag == DT_STRTAB)
			address = value;
		if (tag == DT_STRSZ)
			length = value;
	}
	const uint64_t strings = address ? offset_of(elf, address) : 0;
	if (strings)
		elf_names_read(program, elf->source, strings, length);
}

/* Go's linker leaves a note: type 4, of an owner called "Go". */
static void read_notes(struct program *program, const struct elf *elf, const struct segment *all)
{
	enum { MOST_BYTES = 65536, GO_BUILD_ID = 4 };
	static const char owner[4] = "Go\0";
	struct {
		uint8_t header[sizeof(Elf64_Nhdr)]; /* the same in both classes */
		char owner[sizeof(owner)];
	} note;

	for (uint64_t at = 0; at + sizeof(note) <= all->size && at < MOST_BYTES; at += 4) {
		if (!source_read(elf->source, all->offset + at, &note, sizeof(note)))
			return;
		if (MEMBER(elf, note.header, Nhdr, n_namesz) == sizeof(owner) &&
		    MEMBER(elf, note.header, Nhdr, n_type) == GO_BUILD_ID &&
		    memcmp(note.owner, owner, sizeof(owner)) == 0)
			program->is_go = true;
	}
}

static void read_loader(struct program *program, const struct elf *elf, const struct segment *all)
{
	program->has_loader = true;
	if (all->size < sizeof(program->loader))
		source_read_some(elf->source, all->offset, program->loader, (size_t)all->size);
}

/* The head of the file; false where the kernel would not run it. */
static bool read_head(struct elf *elf, struct machine *machine)
{
	enum { MOST_BYTES = 65536 };
	uint8_t at[sizeof(Elf64_Ehdr)] = {0};

	if (source_read_some(elf->source, 0, at, sizeof(at)) < sizeof(Elf32_Ehdr))
		return false;
	elf->is_64 = at[EI_CLASS] == ELFCLASS64;
	elf->is_big = at[EI_DATA] == ELFDATA2MSB;
	const uint64_t type = MEMBER(elf, at, Ehdr, e_type);
	machine->class = at[EI_CLASS];
	machine->data = at[EI_DATA];
	machine->number = (uint16_t)MEMBER(elf, at, Ehdr, e_machine);
	elf->headers = MEMBER(elf, at, Ehdr, e_phoff);
	elf->count = (unsigned)MEMBER(elf, at, Ehdr, e_phnum);
	return (type == ET_EXEC || type == ET_DYN) && elf->headers <= INT64_MAX / 2 &&
	       MEMBER(elf, at, Ehdr, e_phentsize) == SIZE_OF(elf, Phdr) && elf->count > 0 &&
	       elf->count * SIZE_OF(elf, Phdr) <= MOST_BYTES;
}

bool elf_file_read(struct program *program, struct source *source)
{
	struct elf elf = {.source = source};
	struct segment segment;

	if (!read_head(&elf, &program->machine))
		return false;
	for (unsigned i = 0; i < elf.count; i++) {
		if (!read_segment(&elf, i, &segment))
			return false;
		if (segment.type == PT_INTERP)
			read_loader(program, &elf, &segment);
		else if (segment.type == PT_NOTE)
			read_notes(program, &elf, &segment);
		else if (segment.type == PT_DYNAMIC)
			read_dynamic(program, &elf, &segment);
	}
	return true;
}
