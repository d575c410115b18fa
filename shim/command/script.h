/* SPDX-License-Identifier: MIT */
/* The first line of a script, read as the kernel does. Pure. */
#pragma once

#include <stddef.h>

#include "program.h"

/*
 * Reads what follows "#!" in the first bytes of a file, `length` of them, at most PROGRAM_HEAD,
 * into the program's interpreter and argument. Both stay empty where the line names none, or none
 * whole.
 */
void script_read(struct program *program, const char *head, size_t length);
