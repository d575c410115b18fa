/* SPDX-License-Identifier: MIT */
/* What the build fills in. */
#pragma once

extern const char installed_version[];

/* Where `make install` puts the library; empty for a tree that may be moved. */
extern const char installed_libdir[];
