/* SPDX-License-Identifier: MIT */
/* The NOSELF_ variables: their values, their defaults, and a strict reading of each. Pure. */
#include "settings.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>

#include "errnames.h"
#include "text.h"

const struct settings settings_default = {
	.mode = MODE_RETRY,
	.retries = 3,
	.error = ECONNREFUSED,
	.pinned_allowed = false,
	.bind_hint = true,
	.disabled = false,
	.log = LOG_OFF,
};

enum { MOST_RETRIES = 16, MOST_ERRNO = 133 };

/* A whole number from 1 to `most`, decimal, without sign, space or leading zero; else 0. */
static int number(const char *text, int most)
{
	int n = 0;
	if (*text == '0')
		return 0;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return 0;
		n = n * 10 + (*text - '0');
		if (n > most)
			return 0;
	}
	return n;
}

/* Which of the words the value is, or -1. The list ends with NULL. */
static int word(const char *value, const char *const *words)
{
	for (int i = 0; words[i]; i++)
		if (text_same(value, words[i]))
			return i;
	return -1;
}

static bool read_mode(struct settings *s, const char *value)
{
	static const char *const words[] = {"retry", "fail", "observe", NULL};
	int i = word(value, words);
	s->mode = i < 0 ? settings_default.mode : (enum mode)i;
	return i >= 0;
}

static bool read_retries(struct settings *s, const char *value)
{
	int n = number(value, MOST_RETRIES);
	s->retries = n ? n : settings_default.retries;
	return n != 0;
}

static bool read_errno(struct settings *s, const char *value)
{
	int n = number(value, MOST_ERRNO);
	if (!n)
		n = errnames_number(value);
	s->error = n ? n : settings_default.error;
	return n != 0;
}

static bool read_pinned(struct settings *s, const char *value)
{
	static const char *const words[] = {"fail", "allow", NULL};
	int i = word(value, words);
	s->pinned_allowed = i == 1;
	return i >= 0;
}

static bool read_switch(bool *on, bool otherwise, const char *value)
{
	static const char *const words[] = {"0", "1", NULL};
	int i = word(value, words);
	*on = i < 0 ? otherwise : i == 1;
	return i >= 0;
}

static bool read_bind_hint(struct settings *s, const char *value)
{
	return read_switch(&s->bind_hint, settings_default.bind_hint, value);
}

static bool read_disable(struct settings *s, const char *value)
{
	return read_switch(&s->disabled, settings_default.disabled, value);
}

static bool read_log(struct settings *s, const char *value)
{
	static const char *const words[] = {"off", "stderr", NULL};
	unsigned length = 0;
	int i = word(value, words);

	s->log = i < 0 ? LOG_OFF : (enum log_to)i;
	s->log_path = NULL;
	if (i >= 0)
		return true;
	while (length < PATH_MAX && value[length])
		length++;
	if (value[0] != '/' || length == PATH_MAX)
		return false;
	s->log = LOG_FILE;
	s->log_path = value;
	return true;
}

static const struct variable {
	const char *name;
	bool (*read)(struct settings *, const char *value);
	const char *expected, *otherwise;
} variables[] = {
	{"NOSELF_MODE", read_mode, "retry, fail or observe", "retry"},
	{"NOSELF_RETRIES", read_retries, "a number from 1 to 16", "3"},
	{"NOSELF_ERRNO", read_errno, "an errno's name or a number from 1 to 133", "ECONNREFUSED"},
	{"NOSELF_PINNED", read_pinned, "fail or allow", "fail"},
	{"NOSELF_BIND_NO_PORT", read_bind_hint, "1 or 0", "1"},
	{"NOSELF_LOG", read_log, "off, stderr or an absolute path", "off"},
	{"NOSELF_DISABLE", read_disable, "1 or 0", "0"},
};

enum settings_verdict settings_read(struct settings *settings, const char *assignment,
				    struct settings_complaint *complaint)
{
	for (unsigned i = 0; i < sizeof(variables) / sizeof(*variables); i++) {
		const struct variable *v = &variables[i];
		const char *value = text_after(assignment, v->name);
		if (!value || *value++ != '=')
			continue;
		if (v->read(settings, value))
			return SETTINGS_TAKEN;
		*complaint = (struct settings_complaint){value, v->name, v->expected, v->otherwise};
		return SETTINGS_BAD;
	}
	return SETTINGS_NOT_OURS;
}
