/* SPDX-License-Identifier: MIT */
/* The command's environment: unchanged except for the assigned variables. */
#include "environment.h"

#include <stdbool.h>
#include <string.h>

#include "messages.h"
#include "path.h"

static void put(char **list, char *assignment)
{
	const size_t length = (size_t)(strchr(assignment, '=') - assignment) + 1;
	char **to = list;
	bool is_put = false;

	for (char **from = list; *from; from++) {
		const bool is_same = strncmp(*from, assignment, length) == 0;
		if (!is_same || !is_put)
			*to++ = is_same ? assignment : *from;
		is_put |= is_same;
	}
	if (!is_put)
		*to++ = assignment;
	*to = NULL;
}

char **environment_with(char *const *from, char *const *assignments)
{
	const size_t count = words_count(from);
	char **list = allocate((count + words_count(assignments) + 1) * sizeof(*list));

	memcpy(list, from, count * sizeof(*list));
	for (; *assignments; assignments++)
		put(list, *assignments);
	return list;
}

char *environment_preload(const char *old, const char *library)
{
	char *list = format("%s:%s", old ? old : "", library), *merged = format("LD_PRELOAD=");
	const char *separator = "";
	bool is_named = false;
	char *state;

	for (char *entry = strtok_r(list, " :", &state); entry;
	     entry = strtok_r(NULL, " :", &state)) {
		/* This libnoself.so, or another one. */
		const bool is_library = strcmp(path_last(entry), "libnoself.so") == 0;
		if (is_library && is_named)
			continue;
		merged = format("%s%s%s", merged, separator, is_library ? library : entry);
		separator = ":";
		is_named |= is_library;
	}
	return merged;
}

const char *environment_value(char *const *from, const char *name)
{
	const size_t length = strlen(name);
	const char *value = NULL;

	for (; *from; from++)
		if (strncmp(*from, name, length) == 0 && (*from)[length] == '=')
			value = *from + length + 1;
	return value;
}
