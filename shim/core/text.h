/* SPDX-License-Identifier: MIT */
/* A line of text put together in a buffer of fixed size, without stdio or locale. Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "endpoint.h"

/* POSIX's least PIPE_BUF: a write of that much is never torn. */
enum { TEXT_SIZE = 512 };

/* What does not fit is cut off; a line's newline always fits (text_end). */
struct text {
	unsigned length;
	char at[TEXT_SIZE];
};

void text_start(struct text *text);
void text_char(struct text *text, char c);
void text_string(struct text *text, const char *string);
/* At most `most` bytes of it; whatever is not printable ASCII, or a space, becomes '?'. */
void text_safe(struct text *text, const char *string, unsigned most);
void text_number(struct text *text, uint64_t number);
/* With leading zeros to at least so many digits. */
void text_padded(struct text *text, uint64_t number, int digits);
/* A.B.C.D:PORT or [v6]:PORT (RFC 5952; a link-local address with its %zone). */
void text_endpoint(struct text *text, const struct endpoint *end);
/* 2026-11-20T06:40:00.123Z, from seconds since 1970 (not negative) and nanoseconds. */
void text_utc(struct text *text, int64_t seconds, int64_t nanoseconds);
/* The newline. */
void text_end(struct text *text);

/* Whether two strings are the same. */
bool text_same(const char *a, const char *b);

/* What follows the prefix in a string, or NULL where it does not begin so. */
const char *text_after(const char *string, const char *prefix);
