/* SPDX-License-Identifier: MIT */
/* Fuzzes the texts of addresses, times and names, with libc's own as the oracle. */
#define _GNU_SOURCE
#include "fuzz.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <time.h>

#include "core/text.h"

static const char *ended(struct text *text)
{
	AGREE(text->length < TEXT_SIZE);
	text->at[text->length] = '\0';
	return text->at;
}

/* libc writes ::1.2.3.4 for what RFC 5952 writes in hexadecimal: there the text is read back. */
static int is_v4_compatible(const uint8_t address[16])
{
	static const uint8_t zeros[12];
	return memcmp(address, zeros, sizeof(zeros)) == 0;
}

static void fuzz_endpoint(const uint8_t bytes[24])
{
	struct endpoint end = {.family = bytes[0] & 1 ? AF_INET6 : AF_INET};
	char address[INET6_ADDRSTRLEN], expected[96], zone[16] = "";
	uint8_t back[16];
	struct text text;

	memcpy(&end.port, bytes + 2, 2);
	if (end.family == AF_INET6 && bytes[1] & 1)
		memcpy(&end.scope, bytes + 4, 4);
	memcpy(end.address, bytes + 8, end.family == AF_INET ? 4 : 16);
	text_start(&text);
	text_endpoint(&text, &end);

	inet_ntop(end.family, end.address, address, sizeof(address));
	if (end.family == AF_INET6 && is_v4_compatible(end.address)) {
		const char *got = ended(&text);
		AGREE(sscanf(got, "[%45[0-9a-f:]", address) == 1);
		AGREE(inet_pton(AF_INET6, address, back) == 1 && !memcmp(back, end.address, 16));
	}
	if (end.scope)
		snprintf(zone, sizeof(zone), "%%%u", end.scope);
	snprintf(expected, sizeof(expected), end.family == AF_INET ? "%s%s:%u" : "[%s%s]:%u",
		 address, zone, end.port);
	AGREE(strcmp(ended(&text), expected) == 0);
}

static void fuzz_time(const uint8_t bytes[8])
{
	uint32_t seconds, nanoseconds;
	char expected[64];
	struct text text;
	struct tm tm;

	memcpy(&seconds, bytes, 4);
	memcpy(&nanoseconds, bytes + 4, 4);
	nanoseconds %= 1000000000;
	/* Up to the year 9999, so that it has four digits. */
	const time_t time = (time_t)seconds * 59;
	text_start(&text);
	text_utc(&text, time, nanoseconds);
	size_t n = strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%S", gmtime_r(&time, &tm));
	snprintf(expected + n, sizeof(expected) - n, ".%03uZ", nanoseconds / 1000000);
	AGREE(strcmp(ended(&text), expected) == 0);
}

/* A line never outgrows its buffer, and is printable to the last byte. */
static void fuzz_safe(const uint8_t *bytes, size_t size)
{
	char *string = strndup((const char *)bytes, size);
	struct text text;

	text_start(&text);
	for (int i = 0; i < 4; i++) {
		const unsigned before = text.length, most = (unsigned)size;
		text_safe(&text, string, most);
		AGREE(text.length - before <= most);
	}
	for (unsigned i = 0; i < text.length; i++) {
		const char given = string[i % strlen(string)];
		AGREE(text.at[i] == (isgraph((unsigned char)given) ? given : '?'));
	}
	text_end(&text);
	AGREE(text.length <= TEXT_SIZE && text.at[text.length - 1] == '\n');
	free(string);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size >= 24)
		fuzz_endpoint(data);
	if (size >= 8)
		fuzz_time(data);
	fuzz_safe(data, size);
	return 0;
}
