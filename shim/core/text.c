/* SPDX-License-Identifier: MIT */
/* Composes a line of text in a buffer of fixed size, without stdio or locale. Pure. */
#include "text.h"

#include <stddef.h>

void text_start(struct text *text)
{
	text->length = 0;
}

void text_char(struct text *text, char c)
{
	if (text->length < TEXT_SIZE - 1)
		text->at[text->length++] = c;
}

void text_end(struct text *text)
{
	text->at[text->length++] = '\n';
}

void text_string(struct text *text, const char *string)
{
	while (*string)
		text_char(text, *string++);
}

void text_safe(struct text *text, const char *string, unsigned most)
{
	for (; *string && most--; string++) {
		const char c = *string;
		text_char(text, (char)(c > ' ' && c <= '~' ? c : '?'));
	}
}

void text_padded(struct text *text, uint64_t number, int digits)
{
	char reversed[20];
	int n = 0;

	do
		reversed[n++] = (char)('0' + number % 10);
	while (number /= 10);
	for (int zeros = digits - n; zeros > 0; zeros--)
		text_char(text, '0');
	while (n)
		text_char(text, reversed[--n]);
}

void text_number(struct text *text, uint64_t number)
{
	text_padded(text, number, 1);
}

static void text_hex(struct text *text, unsigned number)
{
	int shift = 12;
	while (shift && !(number >> shift))
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		text_char(text, "0123456789abcdef"[number >> shift & 15]);
}

static void text_ipv4(struct text *text, const uint8_t *bytes)
{
	for (int i = 0; i < 4; i++) {
		if (i)
			text_char(text, '.');
		text_number(text, bytes[i]);
	}
}

/* The start of the first longest run of two or more zero groups, or -1. RFC 5952 writes it "::". */
static int longest_zero_run(const unsigned groups[8], int *length)
{
	int start = -1;
	*length = 1;
	for (int i = 0; i < 8; i++) {
		int n = 0;
		while (i + n < 8 && !groups[i + n])
			n++;
		if (n > *length) {
			*length = n;
			start = i;
		}
	}
	return start;
}

static void text_ipv6(struct text *text, const uint8_t *bytes)
{
	unsigned groups[8];
	int run_length;

	for (int i = 0; i < 8; i++, bytes += 2)
		groups[i] = (unsigned)bytes[0] << 8 | bytes[1];
	const int run = longest_zero_run(groups, &run_length);
	if (run == 0 && run_length == 5 && groups[5] == 0xffff) {
		text_string(text, "::ffff:");
		text_ipv4(text, bytes - 4);
		return;
	}
	for (int i = 0; i < 8; i++) {
		if (i == run) {
			text_string(text, "::");
			i += run_length - 1;
			continue;
		}
		if (i && i != run + run_length)
			text_char(text, ':');
		text_hex(text, groups[i]);
	}
}

void text_endpoint(struct text *text, const struct endpoint *end)
{
	if (end->family == AF_INET) {
		text_ipv4(text, end->address);
	} else {
		text_char(text, '[');
		text_ipv6(text, end->address);
		if (end->scope) {
			text_char(text, '%');
			text_number(text, end->scope);
		}
		text_char(text, ']');
	}
	text_char(text, ':');
	text_number(text, end->port);
}

void text_utc(struct text *text, int64_t seconds, int64_t nanoseconds)
{
	const int64_t days = seconds / 86400, second = seconds % 86400;
	/* Years are counted from March, so that the leap day is the last; 400 have 146,097 days. */
	const int64_t shifted = days + 719468, era = shifted / 146097, day = shifted % 146097;
	const int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	const int64_t of_year = day - (365 * year + year / 4 - year / 100);
	const int64_t march_month = (5 * of_year + 2) / 153;
	const int64_t month = march_month < 10 ? march_month + 3 : march_month - 9;

	text_padded(text, (uint64_t)(year + era * 400 + (month <= 2)), 4);
	text_char(text, '-');
	text_padded(text, (uint64_t)month, 2);
	text_char(text, '-');
	text_padded(text, (uint64_t)(of_year - (153 * march_month + 2) / 5 + 1), 2);
	text_char(text, 'T');
	text_padded(text, (uint64_t)(second / 3600), 2);
	text_char(text, ':');
	text_padded(text, (uint64_t)(second / 60 % 60), 2);
	text_char(text, ':');
	text_padded(text, (uint64_t)(second % 60), 2);
	text_char(text, '.');
	text_padded(text, (uint64_t)(nanoseconds / 1000000), 3);
	text_char(text, 'Z');
}

bool text_same(const char *a, const char *b)
{
	while (*a == *b && *a)
		a++, b++;
	return *a == *b;
}

const char *text_after(const char *string, const char *prefix)
{
	while (*prefix && *string == *prefix)
		string++, prefix++;
	return *prefix ? NULL : string;
}
