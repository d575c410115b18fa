/* SPDX-License-Identifier: MIT */
/* The errno names of Linux, both ways. Pure. */
#pragma once

/* The number that a name such as "ECONNREFUSED" stands for, or 0. Upper case only. */
int errnames_number(const char *name);

/* The name of an errno, or NULL where it has none. */
const char *errnames_name(int number);
