/* SPDX-License-Identifier: MIT */
/* Fuzzes the reading of settings, with an oracle written from the contract's table alone. */
#define _GNU_SOURCE
#include "fuzz.h"

#include <limits.h>

#include "core/settings.h"

static const char *const names[] = {"NOSELF_MODE",         "NOSELF_RETRIES", "NOSELF_ERRNO",
				    "NOSELF_PINNED",       "NOSELF_LOG",     "NOSELF_DISABLE",
				    "NOSELF_BIND_NO_PORT", "NOSELF_",        ""};
enum { NAMES = sizeof(names) / sizeof(*names), KNOWN = 7 };

/* A number as people write it, of three digits at most; 0 for anything else. */
static int plain_number(const char *value, int most)
{
	char again[16];
	const int n = strlen(value) <= 3 ? atoi(value) : 0;
	snprintf(again, sizeof(again), "%d", n);
	return n >= 1 && n <= most && strcmp(value, again) == 0 ? n : 0;
}

static int named_errno(const char *value)
{
	for (int i = 1; i <= 133; i++)
		if (strerrorname_np(i) && strcmp(value, strerrorname_np(i)) == 0)
			return i;
	/* Second names, which libc's list does not have. */
	if (strcmp(value, "EWOULDBLOCK") == 0)
		return 11;
	if (strcmp(value, "EDEADLOCK") == 0)
		return 35;
	return strcmp(value, "EOPNOTSUPP") == 0 ? 95 : 0;
}

/* What the contract makes of `value` for the variable, in `s`; false where it is none. */
static bool expected(struct settings *s, const char *name, const char *value)
{
	const int one = strcmp(value, "1") == 0, zero = strcmp(value, "0") == 0;

	if (strcmp(name, "NOSELF_MODE") == 0) {
		s->mode = strcmp(value, "fail") == 0      ? MODE_FAIL
			  : strcmp(value, "observe") == 0 ? MODE_OBSERVE
							  : MODE_RETRY;
		return s->mode != MODE_RETRY || strcmp(value, "retry") == 0;
	}
	if (strcmp(name, "NOSELF_RETRIES") == 0) {
		const int n = plain_number(value, 16);
		s->retries = n ? n : 3;
		return n != 0;
	}
	if (strcmp(name, "NOSELF_ERRNO") == 0) {
		const int n = plain_number(value, 133) + named_errno(value);
		s->error = n ? n : 111;
		return n != 0;
	}
	if (strcmp(name, "NOSELF_PINNED") == 0) {
		s->pinned_allowed = strcmp(value, "allow") == 0;
		return s->pinned_allowed || strcmp(value, "fail") == 0;
	}
	if (strcmp(name, "NOSELF_BIND_NO_PORT") == 0) {
		s->bind_no_port = !zero;
		return one || zero;
	}
	if (strcmp(name, "NOSELF_DISABLE") == 0) {
		s->disabled = one;
		return one || zero;
	}
	const int path = value[0] == '/' && strlen(value) < PATH_MAX && !strchr(value, '\n');
	s->log = path ? LOG_FILE : strcmp(value, "stderr") == 0 ? LOG_STDERR : LOG_OFF;
	s->log_path = path ? value : NULL;
	return s->log != LOG_OFF || strcmp(value, "off") == 0;
}

static int same(const struct settings *a, const struct settings *b)
{
	return a->mode == b->mode && a->retries == b->retries && a->error == b->error &&
	       a->pinned_allowed == b->pinned_allowed && a->bind_no_port == b->bind_no_port &&
	       a->disabled == b->disabled && a->log == b->log && a->log_path == b->log_path;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	/* NAME=VALUE in a buffer of just its size, so that a byte too far is seen. */
	const char *name = names[data[0] % NAMES];
	const size_t prefix = strlen(name), rest = strnlen((const char *)data + 1, size - 1);
	const int with_sign = (data[0] & 0x80) == 0;
	char *assignment = malloc(prefix + with_sign + rest + 1);
	memcpy(assignment, name, prefix);
	if (with_sign)
		assignment[prefix] = '=';
	memcpy(assignment + prefix + with_sign, data + 1, rest);
	assignment[prefix + with_sign + rest] = '\0';

	struct settings got, wanted;
	const char *value = NULL;
	settings_start(&got);
	settings_start(&wanted);
	const struct setting *row = settings_find(assignment, &value);
	const bool good = row && settings_set(&got, row, value);
	const char *sign = strchr(assignment, '=');
	int known = 0;
	for (int i = 0; i < KNOWN && sign; i++)
		if (strlen(names[i]) == (size_t)(sign - assignment) &&
		    strncmp(names[i], assignment, strlen(names[i])) == 0) {
			known = 1;
			AGREE(good == expected(&wanted, names[i], sign + 1));
			AGREE(row && value == sign + 1 && strcmp(row->variable, names[i]) == 0);
		}
	AGREE(known || !row);
	AGREE(same(&got, &wanted));
	free(assignment);
	return 0;
}
