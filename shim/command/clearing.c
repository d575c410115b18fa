/* SPDX-License-Identifier: MIT */
/* Commands that start another one without the environment they were given. Pure. */
#include "clearing.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "env_words.h"
#include "path.h"

/* Whether one of NULL-terminated `words` is `word`. */
static bool among(const char *const *words, const char *word)
{
	while (*words && strcmp(*words, word) != 0)
		words++;
	return *words != NULL;
}

/* setpriv --reset-env: its options, up to the command that it runs. */
static bool setpriv_clears(char *const *words)
{
	static const char *const flags[] = {"--nnp",         "--no-new-privs", "--clear-groups",
					    "--keep-groups", "--init-groups",  NULL};

	while (*words && strncmp(*words, "--", 2) == 0 && words[0][2]) {
		if (strncmp(*words, "--reset", 7) == 0)
			return true;
		const bool has_value = !strchr(*words, '=') && !among(flags, *words);
		words += has_value && words[1] ? 2 : 1;
	}
	return false;
}

const char *clearing_remedy(char *const *words)
{
	static const struct {
		const char *name, *instead;
	} always[] = {
		{"sudo", "sudo noself COMMAND"},
		{"doas", "doas noself COMMAND"},
		{"su", "su -c 'noself COMMAND' USER"},
		{"runuser", "runuser -u USER -- noself COMMAND"},
	};
	const char *name = path_last(words[0]);

	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		if (strcmp(name, always[i].name) == 0)
			return always[i].instead;
	if (strcmp(name, "setpriv") == 0 && setpriv_clears(words + 1))
		return "setpriv --reset-env noself COMMAND";
	if (strcmp(name, "env") == 0 && env_words_read(words + 1).drops_preload)
		return "env -i noself COMMAND";
	return NULL;
}
