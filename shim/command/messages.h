/* SPDX-License-Identifier: MIT */
/* The texts that noself composes, and its messages on standard error: one line, one write. */
#pragma once

#include <stddef.h>

/* How noself ends where it does not become the command. */
enum exit_status { EXIT_WRONG = 125, EXIT_CANNOT = 126, EXIT_MISSING = 127 };

/* So many zeroed bytes, never freed: this process execs or ends soon. Without memory it ends here.
 */
void *allocate(size_t size);

/* A text as printf() has it, in memory that is never freed. */
__attribute__((format(printf, 1, 2))) char *format(const char *words, ...);

/* How many words there are before the NULL. */
size_t words_count(char *const *words);

/* "noself: SUBJECT: REASON; REMEDY" and a newline. */
void message_say(const char *subject, const char *reason, const char *remedy);

/* Makes control characters, which the name of a file may hold, question marks; returns `line`. */
char *message_clean(char *line);
