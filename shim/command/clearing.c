/* SPDX-License-Identifier: MIT */
/* Commands that start another command, some of them with a cleared environment. */
#include "clearing.h"

#include <getopt.h>
#include <stdbool.h>
#include <string.h>

#include "messages.h"
#include "path.h"

#define BLANKS " \t\n\v\f\r"

/* What the options of env(1) do. */
struct env {
	bool drops_preload; /* the command does not get LD_PRELOAD */
	bool is_elsewhere;  /* env searches the command in another PATH or directory */
	const char *split;  /* the argument of -S */
};

/* Reads the options, up to -S; returns the words after them, or NULL if one is unknown. */
static char *const *read_options(struct env *env, char *const *words)
{
	static const struct option options[] = {
		{"ignore-environment", no_argument, NULL, 'i'},
		{"unset", required_argument, NULL, 'u'},
		{"chdir", required_argument, NULL, 'C'},
		{"split-string", required_argument, NULL, 'S'},
		{"argv0", required_argument, NULL, 'a'},
		{0},
	};
	const int count = (int)words_count(words);
	int letter;

	optind = 0; /* from the start */
	opterr = 0;
	env->split = NULL;
	while (!env->split &&
	       (letter = getopt_long(count, words, "+iu:C:S:a:0v", options, NULL)) != -1) {
		if (letter == '?')
			return NULL;
		const char *value = optarg ? optarg : "";
		env->drops_preload |=
			letter == 'i' || (letter == 'u' && strcmp(value, "LD_PRELOAD") == 0);
		env->is_elsewhere |= letter == 'C';
		env->split = letter == 'S' ? optarg : NULL;
	}
	return words + optind;
}

/* A call of env with the words of -S and those after it. */
static char **split(const char *string, char *const *rest)
{
	char *copy = format("env %s", string), *state;
	char **words = allocate((strlen(copy) + words_count(rest)) * sizeof(*words)), **end = words;

	for (char *w = strtok_r(copy, BLANKS, &state); w; w = strtok_r(NULL, BLANKS, &state))
		*end++ = w;
	memcpy(end, rest, words_count(rest) * sizeof(*rest));
	return words;
}

/* Returns the command that env runs, or NULL if unknown. */
static const char *read_env(struct env *env, char *const *words)
{
	words = read_options(env, words);
	while (words && env->split) {
		/* Only env itself reads quotes, escapes and variables. */
		if (strpbrk(env->split, "\\'\"$#"))
			return NULL;
		words = read_options(env, split(env->split, words));
	}
	if (!words)
		return NULL;
	env->drops_preload |= *words && strcmp(*words, "-") == 0;
	for (; *words && strchr(*words, '='); words++) {
		env->drops_preload |= strncmp(*words, "LD_PRELOAD=", 11) == 0;
		env->is_elsewhere |= strncmp(*words, "PATH=", 5) == 0;
	}
	return env->is_elsewhere ? NULL : *words;
}

struct started clearing_read(char *const *words)
{
	static const char *const always[][2] = {
		{"sudo", "sudo noself COMMAND"},
		{"doas", "doas noself COMMAND"},
		{"su", "su -c 'noself COMMAND' USER"},
		{"runuser", "runuser -u USER -- noself COMMAND"},
	};
	const char *name = path_last(words[0]);
	struct started started = {NULL, NULL};
	struct env env = {.drops_preload = false};

	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		if (strcmp(name, always[i][0]) == 0)
			started.instead = always[i][1];
	for (char *const *word = words; strcmp(name, "setpriv") == 0 && *word; word++)
		if (strcmp(*word, "--reset-env") == 0)
			started.instead = "setpriv --reset-env noself COMMAND";
	if (strcmp(name, "env") == 0)
		started.command = read_env(&env, words);
	if (env.drops_preload)
		started.instead = "env -i noself COMMAND";
	return started;
}
