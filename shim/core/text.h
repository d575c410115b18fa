/* SPDX-License-Identifier: MIT */
/* Composes a line of text in a buffer of fixed size, without stdio or locale. Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "endpoint.h"

/* POSIX's minimum PIPE_BUF: a write of this size to a pipe is atomic. */
enum { TEXT_SIZE = 512 };

/* Text that does not fit is cut off; the newline of text_end() always fits. */
struct text {
	unsigned length;
	char at[TEXT_SIZE];
};

void text_start(struct text *text);
void text_char(struct text *text, char c);
void text_string(struct text *text, const char *string);
/* At most `most` bytes of the string; spaces and what is not printable ASCII become '?'. */
void text_safe(struct text *text, const char *string, unsigned most);
void text_number(struct text *text, uint64_t number);
/* The number with leading zeros, at least `digits` long. */
void text_padded(struct text *text, uint64_t number, int digits);
/* A.B.C.D:PORT or [v6]:PORT (RFC 5952; a link-local address with its %zone). */
void text_endpoint(struct text *text, const struct endpoint *end);
/* 2026-11-20T06:40:00.123Z, from seconds since 1970 (not negative) and nanoseconds. */
void text_utc(struct text *text, int64_t seconds, int64_t nanoseconds);
/* The newline. */
void text_end(struct text *text);

/* Whether two strings are equal. */
bool text_same(const char *a, const char *b);

/* The part of the string after the prefix, or NULL if it does not begin with it. */
const char *text_after(const char *string, const char *prefix);
