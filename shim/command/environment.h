/* SPDX-License-Identifier: MIT */
/* The command's environment: unchanged except for the assigned variables. */
#pragma once

/*
 * A copy of the list `from`, ended by NULL. Each "NAME=VALUE" of the list `assignments` replaces
 * the first entry of that name; further entries of that name are left out.
 */
char **environment_with(char *const *from, char *const *assignments);

/*
 * "LD_PRELOAD=..." with the entries of `old` (may be NULL) in their order, and the library once. A
 * new entry comes last, so that the other libraries' calls reach it.
 */
char *environment_preload(const char *old, const char *library);

/* The value of the variable NAME, from its last entry; NULL if there is none. */
const char *environment_value(char *const *from, const char *name);
