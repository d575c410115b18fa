/* SPDX-License-Identifier: MIT */
/* Lines of text: numbers, addresses, times, and what does not fit. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <time.h>

#include "core/text.h"
#include "unit.h"

static const char *ended(struct text *text)
{
	text_char(text, '\0');
	return text->at;
}

static void writes_an_address(int family, const char *address, uint32_t scope, const char *expected)
{
	struct endpoint end = {.family = (sa_family_t)family, .port = 50000, .scope = scope};
	struct text text;
	CHECK(inet_pton(family, address, end.address) == 1);
	text_start(&text);
	text_endpoint(&text, &end);
	CHECK_TEXT(ended(&text), expected);
}

static void addresses(void)
{
	writes_an_address(AF_INET, "255.10.0.9", 0, "255.10.0.9:50000");
	writes_an_address(AF_INET6, "::", 0, "[::]:50000");
	writes_an_address(AF_INET6, "::ffff:127.0.0.1", 0, "[::ffff:127.0.0.1]:50000");
	writes_an_address(AF_INET6, "fe80::1", 7, "[fe80::1%7]:50000");
}

/* libc's notation is the oracle, for addresses with many zero groups. */
static void addresses_like_libc(void)
{
	srand(1);
	for (int i = 0; i < 20000; i++) {
		struct endpoint end = {.family = AF_INET6, .port = 1};
		char address[INET6_ADDRSTRLEN], expected[64];
		struct text text;
		for (int b = 0; b < 16; b += 2)
			if (rand() % 2)
				end.address[b + rand() % 2] = (uint8_t)rand();
		if (rand() % 8 == 0)
			end.address[10] = end.address[11] = 0xff;
		inet_ntop(AF_INET6, end.address, address, sizeof(address));
		/* libc writes ::a.b.c.d for a deprecated form that RFC 5952 does not have. */
		if (strchr(address, '.') && strncmp(address, "::ffff:", 7) != 0)
			continue;
		snprintf(expected, sizeof(expected), "[%s]:1", address);
		text_start(&text);
		text_endpoint(&text, &end);
		CHECK_TEXT(ended(&text), expected);
	}
}

static void times(void)
{
	struct text text;
	text_start(&text);
	text_utc(&text, 0, 0);
	CHECK_TEXT(ended(&text), "1970-01-01T00:00:00.000Z");
	/* Every day for 500 years, against libc. */
	for (int64_t day = 0; day < 366 * 500; day++) {
		const time_t seconds = day * 86400 + day % 86400;
		char expected[64];
		struct tm tm;
		gmtime_r(&seconds, &tm);
		strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%S.123Z", &tm);
		text_start(&text);
		text_utc(&text, seconds, 123999999);
		CHECK_TEXT(ended(&text), expected);
	}
}

static void numbers_and_strings(void)
{
	struct text text;
	text_start(&text);
	text_number(&text, 0);
	text_char(&text, ' ');
	text_number(&text, UINT64_MAX);
	text_char(&text, ' ');
	text_padded(&text, 7, 3);
	text_char(&text, ' ');
	text_safe(&text, "a b\n\x7f\x80\x1b~c", 8);
	CHECK_TEXT(ended(&text), "0 18446744073709551615 007 a?b????~");
	CHECK(text_same("", "") && text_same("ab", "ab"));
	CHECK(!text_same("ab", "a") && !text_same("a", "ab") && !text_same("a", "b"));
	CHECK_TEXT(text_after("NAME=x", "NAME="), "x");
	CHECK_TEXT(text_after("NAME=", "NAME="), "");
	CHECK(text_after("NAM", "NAME=") == NULL && text_after("name=x", "NAME=") == NULL);
}

/* A line that is too long is cut and still ends, and nothing past the buffer is touched. */
static void too_long(void)
{
	struct {
		struct text text;
		char beyond[16];
	} both;
	memset(&both, 'x', sizeof(both));
	text_start(&both.text);
	for (int i = 0; i < 2 * TEXT_SIZE; i++)
		text_char(&both.text, 'a');
	text_end(&both.text);
	CHECK(both.text.length == TEXT_SIZE);
	CHECK(both.text.at[TEXT_SIZE - 1] == '\n' && both.text.at[TEXT_SIZE - 2] == 'a');
	CHECK(memcmp(both.beyond, "xxxxxxxxxxxxxxxx", 16) == 0);
}

int main(void)
{
	addresses();
	addresses_like_libc();
	times();
	numbers_and_strings();
	too_long();
	return verdict_of_unit();
}
