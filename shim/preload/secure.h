/* SPDX-License-Identifier: MIT */
/* Whether this process is in secure execution (AT_SECURE), where no environment is to be trusted.
 */
#pragma once

#include <stdbool.h>

/* Asks the kernel. Where that is impossible the answer is true. errno is undefined afterwards. */
bool secure_execution(void);
