/* SPDX-License-Identifier: MIT */
/* The NOSELF_ settings: one table of all, and a strict parser for each value. Pure. */
#include "settings.h"

#include <limits.h>
#include <stddef.h>

#include "errnames.h"
#include "text.h"

enum { MAX_RETRIES = 16, MAX_ERRNO = 133 };

static bool read_mode(struct settings *s, const char *words, const char *value);
static bool read_retries(struct settings *s, const char *words, const char *value);
static bool read_errno(struct settings *s, const char *words, const char *value);
static bool read_pinned(struct settings *s, const char *words, const char *value);
static bool read_bind_no_port(struct settings *s, const char *words, const char *value);
static bool read_log(struct settings *s, const char *words, const char *value);
static bool read_disable(struct settings *s, const char *words, const char *value);

/* clang-format off */
const struct setting settings_table[SETTINGS] = {
	{"NOSELF_MODE", "mode", 'm', "retry|fail|observe", "retry",
	 "dial again from another port, fail at once, or only log", read_mode},
	{"NOSELF_RETRIES", "retries", 'r', "1..16", "3",
	 "how often to dial again", read_retries},
	{"NOSELF_ERRNO", "errno", 'e', "NAME|1..133", "ECONNREFUSED",
	 "errno returned when no other source port is possible", read_errno},
	{"NOSELF_PINNED", "pinned", 'p', "fail|allow", "fail",
	 "for a socket that the program bound to the port it dials", read_pinned},
	{"NOSELF_BIND_NO_PORT", "bind-no-port", 'b', "0|1", "1",
	 "set IP_BIND_ADDRESS_NO_PORT on bind()", read_bind_no_port},
	{"NOSELF_LOG", "log", 'l', "off|stderr|/PATH", "off",
	 "where to write a line for each self-connection", read_log},
	{"NOSELF_DISABLE", NULL, 0, "0|1", "0",
	 "let every call go straight through", read_disable},
};
/* clang-format on */

/* The decimal number from 1 to `most`; 0 if it is none, or has a sign, space or leading zero. */
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

/* The index of the value among the words in "one|two", from 0; -1 if it is none of them. */
static int word(const char *words, const char *value)
{
	for (int i = 0;; i++) {
		const char *v = value;
		while (*v == *words && *v && *v != '|')
			v++, words++;
		if (!*v && (!*words || *words == '|'))
			return i;
		while (*words && *words != '|')
			words++;
		if (!*words++)
			return -1;
	}
}

static bool read_mode(struct settings *s, const char *words, const char *value)
{
	const int i = word(words, value);
	s->mode = (enum mode)i;
	return i >= 0;
}

static bool read_retries(struct settings *s, const char *words, const char *value)
{
	(void)words;
	s->retries = number(value, MAX_RETRIES);
	return s->retries != 0;
}

static bool read_errno(struct settings *s, const char *words, const char *value)
{
	const int n = number(value, MAX_ERRNO);
	(void)words;
	s->error = n ? n : errnames_number(value);
	return s->error != 0;
}

/* For a setting with two words: `other` becomes true for the second. */
static bool read_either(bool *other, const char *words, const char *value)
{
	const int i = word(words, value);
	*other = i == 1;
	return i >= 0;
}

static bool read_pinned(struct settings *s, const char *words, const char *value)
{
	return read_either(&s->pinned_allowed, words, value);
}

static bool read_bind_no_port(struct settings *s, const char *words, const char *value)
{
	return read_either(&s->bind_no_port, words, value);
}

static bool read_disable(struct settings *s, const char *words, const char *value)
{
	return read_either(&s->disabled, words, value);
}

/* A path with a line break is refused: a unit file and a message are written line by line. */
static bool is_log_path(const char *value)
{
	unsigned length = 0;
	while (length < PATH_MAX && value[length] && value[length] != '\n')
		length++;
	return value[0] == '/' && length < PATH_MAX && !value[length];
}

static bool read_log(struct settings *s, const char *words, const char *value)
{
	const bool is_path = is_log_path(value);
	const int i = is_path ? LOG_FILE : word(words, value);

	s->log_path = is_path ? value : NULL;
	s->log = (enum log_to)i;
	return i >= 0;
}

bool settings_set(struct settings *settings, const struct setting *row, const char *value)
{
	if (row->read(settings, row->values, value))
		return true;
	row->read(settings, row->values, row->fallback);
	return false;
}

void settings_start(struct settings *settings)
{
	for (int i = 0; i < SETTINGS; i++)
		settings_set(settings, &settings_table[i], settings_table[i].fallback);
}

void settings_finish(struct settings *settings)
{
	if (settings->disabled)
		settings->mode = MODE_OFF;
}

const struct setting *settings_find(const char *assignment, const char **value)
{
	for (int i = 0; i < SETTINGS; i++) {
		const char *rest = text_after(assignment, settings_table[i].variable);
		if (rest && *rest == '=') {
			*value = rest + 1;
			return &settings_table[i];
		}
	}
	return NULL;
}
