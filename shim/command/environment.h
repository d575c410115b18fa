/* SPDX-License-Identifier: MIT */
/* The environment that the command is given: byte for byte as it is, but for what is assigned. */
#pragma once

/*
 * A copy of the list `from`, ended by NULL, in which each "NAME=VALUE" of the list `assignments`
 * takes the place of the first entry of that name; others of that name are left out.
 */
char **environment_with(char *const *from, char *const *assignments);

/*
 * "LD_PRELOAD=..." with the entries of `old` (may be NULL) in their order and the library named
 * once: last where it is new, so that the calls of the others end in it.
 */
char *environment_preload(const char *old, const char *library);

/* The value that counts of the variable NAME, that of the last entry; NULL where there is none. */
const char *environment_value(char *const *from, const char *name);
