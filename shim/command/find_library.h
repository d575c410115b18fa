/* SPDX-License-Identifier: MIT */
/* Which libnoself.so is to be preloaded. */
#pragma once

#include "program.h"

struct library {
	enum {
		LIBRARY_NONE, /* there is none at all */
		LIBRARY_FOUND,
		LIBRARY_OTHER,         /* none for that machine, but for `other` */
		LIBRARY_INEXPRESSIBLE, /* LD_PRELOAD cannot hold its path */
	} result;
	const char *file;  /* what was found */
	const char *entry; /* how LD_PRELOAD is to name it */
	uint32_t other;
};

/* Where `make install` puts the library; empty for a tree that may be moved. */
extern const char installed_directory[];

/* Finds the library for a program of that machine, or for any where it is 0. */
void find_library(struct library *library, uint32_t wanted);

/* What people call the machine. */
const char *machine_name(uint32_t machine);

/* Whether a kernel that runs programs of one of these machines can run those of the other too. */
bool machine_is_akin(uint32_t a, uint32_t b);
