/* SPDX-License-Identifier: MIT */
/* What the build fills in. */
#include "installed.h"

const char installed_version[] = VERSION;
const char installed_libdir[] = LIBDIR;
