/* SPDX-License-Identifier: MIT */
/* What the command says on standard error: always one line, one write. */
#pragma once

/* How noself ends where it does not become the command. */
enum exit_status { EXIT_WRONG = 125, EXIT_CANNOT = 126, EXIT_MISSING = 127 };

/* "noself: SUBJECT: REASON; REMEDY" and a newline. */
void message_say(const char *subject, const char *reason, const char *remedy);

/* Makes control characters, which the name of a file may hold, question marks; returns `line`. */
char *message_clean(char *line);
