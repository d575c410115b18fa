/* SPDX-License-Identifier: MIT */
/* The environment that the command is given: byte for byte as it is, but for what is assigned. */
#include "environment.h"

#include <stdbool.h>
#include <string.h>

#include "memory.h"
#include "path.h"

/* Whether the entry is one of the variable that `assignment` names. */
static bool same_name(const char *entry, const char *assignment)
{
	const size_t length = (size_t)(strchr(assignment, '=') - assignment) + 1;
	return strncmp(entry, assignment, length) == 0;
}

char **environment_with(char *const *from, char *const *assignments, int count)
{
	bool *used = memory_of((size_t)count + 1, sizeof(*used));
	size_t length = 0, n = 0;

	while (from[length])
		length++;
	char **list = memory_of(length + (size_t)count + 1, sizeof(*list));
	for (; *from; from++) {
		int i = 0;
		while (i < count && !same_name(*from, assignments[i]))
			i++;
		if (i == count)
			list[n++] = *from;
		else if (!used[i])
			list[n++] = assignments[i];
		if (i < count)
			used[i] = true;
	}
	for (int i = 0; i < count; i++)
		if (!used[i])
			list[n++] = assignments[i];
	return list;
}

/* Whether an entry of LD_PRELOAD names the library, this one or an older. */
static bool is_library(const char *entry)
{
	return strcmp(path_last(entry), "libnoself.so") == 0;
}

/* Adds an entry, and the colon before all but the first; returns the new end. */
static char *append(char *end, const char *start, const char *entry)
{
	if (end > start)
		*end++ = ':';
	return stpcpy(end, entry);
}

char *environment_preload(const char *old, const char *library)
{
	static const char name[] = "LD_PRELOAD=";
	char *copy = memory_copy(old ? old : ""), *state;
	char *merged = memory_of(sizeof(name) + strlen(copy) + strlen(library) + 1, 1);
	bool is_named = false;

	char *start = stpcpy(merged, name), *end = start;
	for (char *entry = strtok_r(copy, " :", &state); entry;
	     entry = strtok_r(NULL, " :", &state)) {
		if (!is_library(entry))
			end = append(end, start, entry);
		else if (!is_named)
			end = append(end, start, library);
		is_named |= is_library(entry);
	}
	if (!is_named)
		append(end, start, library);
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
