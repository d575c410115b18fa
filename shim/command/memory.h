/* SPDX-License-Identifier: MIT */
/* Memory that is never freed, for this process execs or ends soon; without any left it ends here.
 */
#pragma once

#include <stddef.h>

/* `count` zeroed things of that size. */
void *memory_of(size_t count, size_t size);

__attribute__((format(printf, 1, 2))) char *memory_format(const char *format, ...);

char *memory_copy(const char *string);
