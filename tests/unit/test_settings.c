/* SPDX-License-Identifier: MIT */
/* Settings: every value of the contract, its default, and what is said of a bad one. */
#include <errno.h>
#include <linux/limits.h>
#include <stdlib.h>

#include "core/errnames.h"
#include "core/settings.h"
#include "unit.h"

/* Reads one assignment into defaults: its row, or NULL where it is not ours. */
static const struct setting *row;
static const char *value;

static bool reads(struct settings *s, const char *assignment)
{
	settings_start(s);
	row = settings_find(assignment, &value);
	return row && settings_set(s, row, value);
}

static struct settings taken(const char *assignment)
{
	struct settings s;
	CHECK(reads(&s, assignment));
	return s;
}

static void defaults(void)
{
	struct settings s;
	settings_start(&s);
	CHECK(s.mode == MODE_RETRY && s.retries == 3 && s.error == ECONNREFUSED);
	CHECK(!s.pinned_allowed && s.bind_no_port && !s.disabled && s.log == LOG_OFF);
}

static void good_values(void)
{
	CHECK(taken("NOSELF_MODE=retry").mode == MODE_RETRY);
	CHECK(taken("NOSELF_MODE=fail").mode == MODE_FAIL);
	CHECK(taken("NOSELF_MODE=observe").mode == MODE_OBSERVE);
	CHECK(taken("NOSELF_RETRIES=1").retries == 1);
	CHECK(taken("NOSELF_RETRIES=16").retries == 16);
	CHECK(taken("NOSELF_ERRNO=ECONNREFUSED").error == ECONNREFUSED);
	CHECK(taken("NOSELF_ERRNO=EADDRNOTAVAIL").error == EADDRNOTAVAIL);
	CHECK(taken("NOSELF_ERRNO=EWOULDBLOCK").error == EAGAIN);
	CHECK(taken("NOSELF_ERRNO=ENOTSUP").error == EOPNOTSUPP);
	CHECK(taken("NOSELF_ERRNO=EHWPOISON").error == 133);
	CHECK(taken("NOSELF_ERRNO=1").error == 1);
	CHECK(taken("NOSELF_ERRNO=133").error == 133);
	CHECK(!taken("NOSELF_PINNED=fail").pinned_allowed);
	CHECK(taken("NOSELF_PINNED=allow").pinned_allowed);
	CHECK(taken("NOSELF_BIND_NO_PORT=1").bind_no_port);
	CHECK(!taken("NOSELF_BIND_NO_PORT=0").bind_no_port);
	CHECK(taken("NOSELF_DISABLE=1").disabled);
	CHECK(!taken("NOSELF_DISABLE=0").disabled);
	CHECK(taken("NOSELF_LOG=off").log == LOG_OFF);
	CHECK(taken("NOSELF_LOG=stderr").log == LOG_STDERR);
	CHECK(taken("NOSELF_LOG=/x").log == LOG_FILE);
	CHECK_TEXT(taken("NOSELF_LOG=/x y").log_path, "/x y");
}

static void bad_values(void)
{
	static const struct {
		const char *assignment, *variable, *value, *used;
	} bad[] = {
		{"NOSELF_MODE=", "NOSELF_MODE", "", "retry"},
		{"NOSELF_MODE=Retry", "NOSELF_MODE", "Retry", "retry"},
		{"NOSELF_MODE=fail ", "NOSELF_MODE", "fail ", "retry"},
		{"NOSELF_RETRIES=", "NOSELF_RETRIES", "", "3"},
		{"NOSELF_RETRIES=0", "NOSELF_RETRIES", "0", "3"},
		{"NOSELF_RETRIES=17", "NOSELF_RETRIES", "17", "3"},
		{"NOSELF_RETRIES=+3", "NOSELF_RETRIES", "+3", "3"},
		{"NOSELF_RETRIES=03", "NOSELF_RETRIES", "03", "3"},
		{"NOSELF_RETRIES=3x", "NOSELF_RETRIES", "3x", "3"},
		{"NOSELF_RETRIES=99999999999999999999", "NOSELF_RETRIES", "99999999999999999999",
		 "3"},
		{"NOSELF_ERRNO=", "NOSELF_ERRNO", "", "ECONNREFUSED"},
		{"NOSELF_ERRNO=0", "NOSELF_ERRNO", "0", "ECONNREFUSED"},
		{"NOSELF_ERRNO=134", "NOSELF_ERRNO", "134", "ECONNREFUSED"},
		{"NOSELF_ERRNO=-1", "NOSELF_ERRNO", "-1", "ECONNREFUSED"},
		{"NOSELF_ERRNO=econnrefused", "NOSELF_ERRNO", "econnrefused", "ECONNREFUSED"},
		{"NOSELF_ERRNO=EWHAT", "NOSELF_ERRNO", "EWHAT", "ECONNREFUSED"},
		{"NOSELF_PINNED=1", "NOSELF_PINNED", "1", "fail"},
		{"NOSELF_BIND_NO_PORT=yes", "NOSELF_BIND_NO_PORT", "yes", "1"},
		{"NOSELF_DISABLE=true", "NOSELF_DISABLE", "true", "0"},
		{"NOSELF_LOG=", "NOSELF_LOG", "", "off"},
		{"NOSELF_LOG=/a\nb", "NOSELF_LOG", "/a\nb", "off"},
		{"NOSELF_MODE=retry|fail", "NOSELF_MODE", "retry|fail", "retry"},
		{"NOSELF_LOG=relative/path", "NOSELF_LOG", "relative/path", "off"},
	};
	for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct settings s;
		CHECK(!reads(&s, bad[i].assignment) && row);
		CHECK_TEXT(row->variable, bad[i].variable);
		CHECK_TEXT(value, bad[i].value);
		CHECK_TEXT(row->fallback, bad[i].used);
		CHECK(s.mode == MODE_RETRY && s.retries == 3 && s.error == ECONNREFUSED);
		CHECK(!s.pinned_allowed && s.bind_no_port && !s.disabled && s.log == LOG_OFF);
	}
}

static void long_paths(void)
{
	char assignment[PATH_MAX + 64];
	struct settings s;
	strcpy(assignment, "NOSELF_LOG=/");
	memset(assignment + 12, 'a', PATH_MAX);
	assignment[12 + PATH_MAX - 2] = '\0'; /* PATH_MAX - 1 characters and the NUL */
	CHECK(reads(&s, assignment));
	assignment[12 + PATH_MAX - 2] = 'a';
	assignment[12 + PATH_MAX - 1] = '\0';
	CHECK(row && !reads(&s, assignment));
}

static void not_ours(void)
{
	struct settings s;
	CHECK(!reads(&s, "PATH=/bin") && !row);
	CHECK(!reads(&s, "NOSELF_MODES=retry") && !row);
	CHECK(!reads(&s, "NOSELF_MODE") && !row);
	CHECK(!reads(&s, "NOSELF_MOD=fail") && !row);
	CHECK(!reads(&s, "") && !row);
}

static void disabled(void)
{
	struct settings s;
	CHECK(reads(&s, "NOSELF_DISABLE=1"));
	settings_finish(&s);
	CHECK(s.mode == MODE_OFF);
	CHECK(reads(&s, "NOSELF_DISABLE=0"));
	settings_finish(&s);
	CHECK(s.mode == MODE_RETRY);
}

static void errno_names(void)
{
	int named = 0;
	for (int n = 1; n <= 133; n++)
		if (errnames_name(n)) {
			named++;
			CHECK(errnames_number(errnames_name(n)) == n);
		}
	CHECK(named == 131); /* 41 and 58 are not in use */
	CHECK(errnames_name(0) == NULL && errnames_name(-1) == NULL && errnames_name(134) == NULL);
	CHECK(errnames_name(41) == NULL);
	CHECK_TEXT(errnames_name(EAGAIN), "EAGAIN");
	CHECK(errnames_number("EDEADLOCK") == EDEADLK);
}

int main(void)
{
	defaults();
	good_values();
	bad_values();
	long_paths();
	not_ours();
	disabled();
	errno_names();
	return verdict_of_unit();
}
