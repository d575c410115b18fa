/* SPDX-License-Identifier: MIT */
/* The parts of an ELF file that say whether the library reaches it. */
#pragma once

#include "program.h"

/* Fills in what is said of an ELF file; `head` is its first bytes, zeros behind its end. False
 * where it is none that the kernel would run. */
bool elf_file_read(struct program *program, int fd, const uint8_t head[PROGRAM_HEAD]);
