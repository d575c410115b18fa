/* SPDX-License-Identifier: MIT */
/* Finds the libnoself.so to preload. */
#pragma once

#include "program.h"

struct library {
	enum {
		LIBRARY_NONE, /* there is none at all */
		LIBRARY_FOUND,
		LIBRARY_OTHER,         /* none for that machine, but for `other` */
		LIBRARY_INEXPRESSIBLE, /* LD_PRELOAD cannot hold its path */
	} result;
	const char *file;  /* the library's path */
	const char *entry; /* its entry in LD_PRELOAD */
	uint32_t other;
};

/* The library's directory after `make install`; empty for a tree that may be moved. */
extern const char installed_directory[];

/* Finds the library for a program of that machine; 0 stands for any. */
void find_library(struct library *library, uint32_t wanted);

/* The machine's common name. */
const char *machine_name(uint32_t machine);

/* Whether a kernel that runs programs of one machine can also run those of the other. */
bool machine_is_akin(uint32_t a, uint32_t b);
