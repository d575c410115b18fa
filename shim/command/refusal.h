/* SPDX-License-Identifier: MIT */
/* Why a command cannot be covered or run, and what to do instead, in words. */
#pragma once

#include "cover.h"

/*
 * Puts into `coverage` what goes after "FILE: ", and the remedy. `what` goes after "is"; of a
 * script it is said of the program that runs it. Returns false.
 */
bool refuse(struct coverage *coverage, enum cover how, const char *what, const char *remedy);

/* `file` may not be run, which is an errno of path_error(). */
bool refuse_path(struct coverage *coverage, const char *file, int error);

/* No library, as find_library() says; `machine` is the program's, or 0. */
bool refuse_search(struct coverage *coverage, uint32_t machine);
