/* SPDX-License-Identifier: MIT */
/* Settings: every valid value, the defaults, and invalid values. */
#include <errno.h>
#include <linux/limits.h>
#include <stdlib.h>

#include "core/errnames.h"
#include "core/settings.h"
#include "unit.h"

/* Reads one assignment into the defaults; returns its row, or NULL if it is not in the table. */
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

static void has_defaults(const struct settings *s)
{
	CHECK(s->mode == MODE_RETRY && s->retries == 3 && s->error == ECONNREFUSED);
	CHECK(!s->pinned_allowed && s->bind_no_port && !s->disabled && s->log == LOG_OFF);
}

static void good_values(void)
{
	CHECK(taken("NOSELF_MODE=retry").mode == MODE_RETRY);
	CHECK(taken("NOSELF_MODE=fail").mode == MODE_FAIL);
	CHECK(taken("NOSELF_MODE=observe").mode == MODE_OBSERVE);
	CHECK(taken("NOSELF_RETRIES=1").retries == 1 && taken("NOSELF_RETRIES=16").retries == 16);
	CHECK(taken("NOSELF_ERRNO=EADDRNOTAVAIL").error == EADDRNOTAVAIL);
	CHECK(taken("NOSELF_ERRNO=EWOULDBLOCK").error == EAGAIN);
	CHECK(taken("NOSELF_ERRNO=1").error == 1 && taken("NOSELF_ERRNO=133").error == 133);
	CHECK(!taken("NOSELF_PINNED=fail").pinned_allowed);
	CHECK(taken("NOSELF_PINNED=allow").pinned_allowed);
	CHECK(taken("NOSELF_BIND_NO_PORT=1").bind_no_port);
	CHECK(!taken("NOSELF_BIND_NO_PORT=0").bind_no_port);
	CHECK(taken("NOSELF_DISABLE=1").disabled && !taken("NOSELF_DISABLE=0").disabled);
	CHECK(taken("NOSELF_LOG=off").log == LOG_OFF);
	CHECK(taken("NOSELF_LOG=stderr").log == LOG_STDERR);
	CHECK(taken("NOSELF_LOG=/x y").log == LOG_FILE);
	CHECK_TEXT(taken("NOSELF_LOG=/x y").log_path, "/x y");
}

static void is_bad(const char *variable, const char *bad_value)
{
	char assignment[64];
	struct settings s;

	snprintf(assignment, sizeof(assignment), "NOSELF_%s=%s", variable, bad_value);
	CHECK(!reads(&s, assignment) && row);
	CHECK(strncmp(assignment, row->variable, strlen(row->variable)) == 0);
	CHECK_TEXT(value, bad_value);
	has_defaults(&s);
}

static void bad_values(void)
{
	/* Of each variable, with commas between the values. */
	static const char *const bad[][2] = {
		{"MODE", ",Retry,fail ,retry|fail"},
		{"RETRIES", ",0,17,+3,03,3x,99999999999999999999"},
		{"ERRNO", ",0,134,-1,econnrefused,EWHAT"},
		{"PINNED", "1"},
		{"BIND_NO_PORT", "yes"},
		{"DISABLE", "true"},
		{"LOG", ",/a\nb,relative/path"},
	};
	for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		char values[64], *rest = strcpy(values, bad[i][1]), *one;
		while ((one = strsep(&rest, ",")))
			is_bad(bad[i][0], one);
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
	good_values();
	bad_values();
	long_paths();
	not_ours();
	disabled();
	errno_names();
	return verdict_of_unit();
}
