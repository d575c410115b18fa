/* SPDX-License-Identifier: MIT */
/* Settings as text, numbers, times, and lines that are too long. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/limits.h>
#include <time.h>

#include "core/errnames.h"
#include "core/settings.h"
#include "core/text.h"
#include "unit.h"

/* All settings after one assignment: mode, retries, errno, pinned, bind_no_port, log. */
static const char *settings_after(const char *assignment)
{
	static char all[PATH_MAX + 100];
	struct settings s;
	const char *value;
	const struct setting *row = settings_find(assignment, &value);

	if (!row)
		return "not ours";
	settings_start(&s);
	const bool is_valid = settings_set(&s, row, value);
	settings_finish(&s);
	snprintf(all, sizeof(all), "%s%d %d %d %d %d %d %s", is_valid ? "" : "invalid ", s.mode,
		 s.retries, s.error, s.pinned_allowed, s.bind_no_port, s.log,
		 s.log_path ? s.log_path : "");
	return all;
}

static void settings(void)
{
	static const char *const good[][2] = {
		{"NOSELF_MODE=retry", "0 3 111 0 1 0 "},
		{"NOSELF_MODE=fail", "1 3 111 0 1 0 "},
		{"NOSELF_MODE=observe", "2 3 111 0 1 0 "},
		{"NOSELF_RETRIES=1", "0 1 111 0 1 0 "},
		{"NOSELF_RETRIES=10", "0 10 111 0 1 0 "},
		{"NOSELF_RETRIES=16", "0 16 111 0 1 0 "},
		{"NOSELF_ERRNO=EADDRNOTAVAIL", "0 3 99 0 1 0 "},
		{"NOSELF_ERRNO=EWOULDBLOCK", "0 3 11 0 1 0 "},
		{"NOSELF_ERRNO=1", "0 3 1 0 1 0 "},
		{"NOSELF_ERRNO=90", "0 3 90 0 1 0 "},
		{"NOSELF_ERRNO=133", "0 3 133 0 1 0 "},
		{"NOSELF_PINNED=fail", "0 3 111 0 1 0 "},
		{"NOSELF_PINNED=allow", "0 3 111 1 1 0 "},
		{"NOSELF_BIND_NO_PORT=1", "0 3 111 0 1 0 "},
		{"NOSELF_BIND_NO_PORT=0", "0 3 111 0 0 0 "},
		{"NOSELF_DISABLE=1", "3 3 111 0 1 0 "},
		{"NOSELF_DISABLE=0", "0 3 111 0 1 0 "},
		{"NOSELF_LOG=off", "0 3 111 0 1 0 "},
		{"NOSELF_LOG=stderr", "0 3 111 0 1 1 "},
		{"NOSELF_LOG=/x y", "0 3 111 0 1 2 /x y"},
	};
	/* Names, and values that they do not take. */
	static const char *const bad[][9] = {
		{"MODE", "", "Retry", "fail ", "retry|fail"},
		{"RETRIES", "", "0", "17", "+3", "03", "3x", "18446744073709551619"},
		{"ERRNO", "", "0", "134", "-1", "econnrefused", "EWHAT"},
		{"PINNED", "1"},
		{"BIND_NO_PORT", "yes"},
		{"DISABLE", "true"},
		{"LOG", "", "/a\nb", "relative/path"},
	};
	static const char *const others[] = {"PATH=/bin", "NOSELF_MODES=retry", "NOSELF_MODE",
					     "NOSELF_MOD=fail", ""};
	char assignment[PATH_MAX + 64];

	for (unsigned i = 0; i < COUNT(good); i++)
		CHECK_TEXT(settings_after(good[i][0]), good[i][1]);
	for (unsigned i = 0; i < COUNT(bad); i++)
		for (int n = 1; bad[i][n]; n++) {
			snprintf(assignment, sizeof(assignment), "NOSELF_%s=%s", *bad[i],
				 bad[i][n]);
			CHECK_TEXT(settings_after(assignment), "invalid 0 3 111 0 1 0 ");
		}
	for (unsigned i = 0; i < COUNT(others); i++)
		CHECK_TEXT(settings_after(others[i]), "not ours");
	/* A path has at most PATH_MAX - 1 bytes. */
	for (int length = PATH_MAX - 1; length <= PATH_MAX; length++) {
		snprintf(assignment, sizeof(assignment), "NOSELF_LOG=/%0*d", length - 1, 0);
		CHECK((strncmp(settings_after(assignment), "invalid", 7) != 0) ==
		      (length < PATH_MAX));
	}
}

static void errno_names(void)
{
	int named = 0;
	for (int n = -1; n <= 134; n++)
		if (errnames_name(n)) {
			named++;
			CHECK(errnames_number(errnames_name(n)) == n);
			CHECK_TEXT(errnames_name(n), strerrorname_np(n));
		}
	CHECK(named == 131); /* 41 and 58 are not in use */
	CHECK(errnames_number("EDEADLOCK") == EDEADLK);
}

static const char *ended(struct text *text)
{
	text_char(text, '\0');
	return text->at;
}

/* Every day for 500 years, against libc. */
static void times(void)
{
	for (int64_t day = 0; day < 366 * 500; day++) {
		const time_t seconds = day * 86400 + day % 86400;
		struct text text;
		char expected[64];
		struct tm tm;
		gmtime_r(&seconds, &tm);
		strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%S.024Z", &tm);
		text_start(&text);
		text_utc(&text, seconds, 24000000);
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
	/* A line that is too long is cut and still ends. */
	text_start(&text);
	for (int i = 0; i < 2 * TEXT_SIZE; i++)
		text_char(&text, 'a');
	text_end(&text);
	CHECK(text.length == TEXT_SIZE);
	CHECK(text.at[TEXT_SIZE - 1] == '\n' && text.at[TEXT_SIZE - 2] == 'a');
}

int main(void)
{
	settings();
	errno_names();
	times();
	numbers_and_strings();
	return verdict_of_unit();
}
