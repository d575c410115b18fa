/* SPDX-License-Identifier: MIT */
/* What env(1) does with the words it is given. Pure. */
#include "env_words.h"

#include <string.h>

#include "memory.h"

#define BLANKS " \t\n\v\f\r"

static bool begins(const char *word, const char *with)
{
	return strncmp(word, with, strlen(with)) == 0;
}

/* The words of -S, which stands before `rest`; NULL where they hold quotes, escapes or variables.
 */
static char **split(const char *string, char *const *rest)
{
	size_t count = 0, room = strlen(string) / 2 + 2;
	char *copy = memory_copy(string), *state;

	if (strpbrk(string, "\\'\"$#"))
		return NULL;
	for (char *const *word = rest; *word; word++)
		room++;
	char **words = memory_of(room, sizeof(*words));
	for (char *w = strtok_r(copy, BLANKS, &state); w; w = strtok_r(NULL, BLANKS, &state))
		words[count++] = w;
	while (*rest)
		words[count++] = *rest++;
	return words;
}

/* What one word of options says. `next` is the word behind it, or NULL. */
struct option_word {
	bool drops, unknown, moves, takes_next;
	const char *split; /* the string of -S */
};

static struct option_word read_long(const char *word, const char *next)
{
	const char *value = strchr(word, '=');
	struct option_word o = {.takes_next = !value};

	value = value ? value + 1 : next;
	if (begins(word, "--unset"))
		o.drops = value && strcmp(value, "LD_PRELOAD") == 0;
	else if (begins(word, "--split-string"))
		o.split = value;
	else if (begins(word, "--chdir"))
		o.moves = true;
	else if (!begins(word, "--argv0"))
		o = (struct option_word){.drops = begins(word, "--ignore-e")};
	return o;
}

static struct option_word read_short(const char *word, const char *next)
{
	struct option_word o = {.drops = word[1] == '\0'}; /* a lone - is -i */

	for (word++; *word; word++) {
		const char *value = word[1] ? word + 1 : next;
		if (*word == 'i')
			o.drops = true;
		if (!strchr("i0v", *word)) {
			o.unknown = !strchr("uCSa", *word);
			o.takes_next = !word[1];
			o.moves = *word == 'C';
			o.split = *word == 'S' ? value : NULL;
			if (*word == 'u' && value && strcmp(value, "LD_PRELOAD") == 0)
				o.drops = true;
			return o;
		}
	}
	return o;
}

struct env_words env_words_read(char *const *words)
{
	struct env_words result = {false, NULL};
	bool is_elsewhere = false; /* names are looked for otherwise than here */

	for (; *words && **words == '-' && strcmp(*words, "--") != 0; words++) {
		const struct option_word o = words[0][1] == '-' ? read_long(words[0], words[1])
								: read_short(words[0], words[1]);
		result.drops_preload |= o.drops;
		is_elsewhere |= o.moves;
		if (o.takes_next && words[1])
			words++;
		if (o.unknown)
			return result;
		if (!o.split)
			continue;
		words = split(o.split, words + 1);
		if (!words)
			return result;
		words--;
	}
	if (*words && strcmp(*words, "--") == 0)
		words++;
	for (; *words && strchr(*words, '='); words++) {
		result.drops_preload |= begins(*words, "LD_PRELOAD=");
		is_elsewhere |= begins(*words, "PATH=");
	}
	if (!is_elsewhere)
		result.command = *words;
	return result;
}
