/* SPDX-License-Identifier: MIT */
/* Whether this process is in secure execution (AT_SECURE): its environment is not trusted. */
#pragma once

#include <stdbool.h>

/* Reads it from the kernel; true if that is not possible. */
bool secure_execution(void);
