/* SPDX-License-Identifier: MIT */
/* Which libnoself.so is to be preloaded. */
#pragma once

#include "machine.h"

struct library {
	enum {
		LIBRARY_NONE, /* there is none at all */
		LIBRARY_FOUND,
		LIBRARY_OTHER,         /* none for that machine, but for `other` */
		LIBRARY_INEXPRESSIBLE, /* LD_PRELOAD cannot hold its path */
	} result;
	const char *file;  /* what was found */
	const char *entry; /* how LD_PRELOAD is to name it */
	struct machine other;
};

/* Finds the library for a program of that machine, or for any where `machine` is NULL. */
void find_library(struct library *library, const struct machine *machine);
