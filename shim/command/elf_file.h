/* SPDX-License-Identifier: MIT */
/* The parts of an ELF file that say whether the library reaches it. Pure. */
#pragma once

#include <stdbool.h>

#include "program.h"

/* Fills in what is said of an ELF file; false where it is none that can be run. */
bool elf_file_read(struct program *program, struct source *source);
