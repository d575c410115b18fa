/* SPDX-License-Identifier: MIT */
/* The machines that a program may be built for, and where their libraries lie. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* As the head of an ELF file has it. */
struct machine {
	uint8_t class, data; /* e_ident[EI_CLASS] and [EI_DATA] */
	uint16_t number;     /* e_machine */
};

struct machine_row {
	struct machine machine;
	const char *name;    /* what people call it */
	const char *triplet; /* its directory below /usr/lib on Debian and its like, or NULL */
	const char *build; /* its directory below build/, as `make arch ARCH=` names it, or NULL */
};

enum { MACHINES = 9 };
extern const struct machine_row machine_table[MACHINES];

bool machine_same(struct machine a, struct machine b);

/* What people call it. */
const char *machine_name(struct machine machine);

/* Whether a kernel that runs this program runs those of that machine as well. */
bool machine_runs_here(struct machine machine);
