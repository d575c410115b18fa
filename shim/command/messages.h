/* SPDX-License-Identifier: MIT */
/* The texts that noself composes, and its messages on standard error: one line, one write. */
#pragma once

#include <stddef.h>

/* The exit status if noself does not run the command. */
enum exit_status { EXIT_WRONG = 125, EXIT_CANNOT = 126, EXIT_MISSING = 127 };

/* Allocates zeroed bytes, never freed: this process soon execs or exits. Exits if there are none.
 */
void *allocate(size_t size);

/* A text formatted as by printf(), in memory that is never freed. */
__attribute__((format(printf, 1, 2))) char *format(const char *words, ...);

/* The number of words before the NULL. */
size_t words_count(char *const *words);

/* "noself: SUBJECT: REASON; REMEDY" and a newline. */
void message_say(const char *subject, const char *reason, const char *remedy);

/* Replaces control characters, which file names may contain, by '?'; returns `line`. */
char *message_clean(char *line);
