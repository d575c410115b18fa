/* SPDX-License-Identifier: MIT */
/* Why a command cannot be covered or run, and what to do instead, in words. */
#pragma once

#include "cover.h"
#include "privilege.h"

/* `file` may not be run, which is an errno of path_error(). */
void refusal_of_path(struct coverage *coverage, const char *file, int error);

/* The dynamic loader that the program names is not there. */
void refusal_of_loader(struct coverage *coverage, const char *loader);

/* It starts another command without LD_PRELOAD; `instead` is the call that has noself behind it. */
void refusal_of_clearing(struct coverage *coverage, const char *instead);

void refusal_of_privilege(struct coverage *coverage, enum privilege privilege);

/* Nothing that can be run: `what` goes after "is". */
void refusal_of_format(struct coverage *coverage, const char *what);

/* Out of the library's reach, but not of the supervisor's: `what` goes after "is". */
void refusal_of_library(struct coverage *coverage, const char *what);

/* No library, as find_library() says; `machine` is the program's, or NULL. */
void refusal_of_search(struct coverage *coverage, const struct machine *machine);
