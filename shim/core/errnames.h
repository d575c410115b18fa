/* SPDX-License-Identifier: MIT */
/* The errno names of Linux, both ways. Pure. */
#pragma once

/* The number of a name such as "ECONNREFUSED", or 0. Upper case only. */
int errnames_number(const char *name);

/* The name of an errno, or NULL if it has none. */
const char *errnames_name(int number);
