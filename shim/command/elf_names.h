/* SPDX-License-Identifier: MIT */
/* The dynamic strings of an ELF file: whether they name a C library, or io_uring. Pure. */
#pragma once

#include "program.h"

/* Sets names_libc and names_io_uring by the strings in the `length` bytes from `offset` on. */
void elf_names_read(struct program *program, struct source *source, uint64_t offset,
		    uint64_t length);
