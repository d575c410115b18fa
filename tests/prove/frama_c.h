/* SPDX-License-Identifier: MIT */
/* Included before every file that Frama-C reads: declarations that its headers lack. */
#pragma once

/* Linux has more errors than its errno.h. */
#define __FC_ERRNO
#include <asm-generic/errno.h>
#define ENOTSUP EOPNOTSUPP
extern int __fc_errno;
#define errno __fc_errno

/* It takes no offsetof() there. The compiler checks these. */
#define _Static_assert(...)
