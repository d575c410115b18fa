/* SPDX-License-Identifier: MIT */
/* The command line of noself. */
#include "options.h"

#include <getopt.h>
#include <string.h>

#include "memory.h"
#include "messages.h"

/* The values of getopt_long() for options without a letter. */
enum { OPTION_CHECK = 256, OPTION_PRINT_SETTINGS, OPTION_FORCE };

static const struct option plain_options[] = {
	{"supervise", no_argument, NULL, 's'},
	{"verbose", no_argument, NULL, 'v'},
	{"check", no_argument, NULL, OPTION_CHECK},
	{"print-settings", no_argument, NULL, OPTION_PRINT_SETTINGS},
	{"force", no_argument, NULL, OPTION_FORCE},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
};
enum { PLAIN = sizeof(plain_options) / sizeof(*plain_options), SETTING_LETTERS = 2 * SETTINGS };

/* "+" ends the options at the first other word, ":" tells a value that is missing from the rest. */
static const char plain_letters[] = "+:svhV";

struct grammar {
	struct option options[PLAIN + SETTINGS + 1];
	char letters[sizeof(plain_letters) + SETTING_LETTERS];
};

/* The options of the command and, out of the table, those of the settings. */
static void build_grammar(struct grammar *grammar)
{
	struct option *option = grammar->options;
	char *letter = stpcpy(grammar->letters, plain_letters);

	memcpy(option, plain_options, sizeof(plain_options));
	option += PLAIN;
	for (int i = 0; i < SETTINGS; i++) {
		const struct setting *row = &settings_table[i];
		if (!row->option)
			continue;
		*option++ = (struct option){row->option, required_argument, NULL, row->letter};
		*letter++ = row->letter;
		*letter++ = ':';
	}
	*option = (struct option){NULL, 0, NULL, 0};
	*letter = '\0';
}

/* Takes the value of a setting; false after saying that it is none. */
static bool take_value(struct options *options, int letter)
{
	struct settings ignored;
	int i = 0;

	while (settings_table[i].letter != letter)
		i++;
	const struct setting *row = &settings_table[i];
	options->values[i] = optarg;
	settings_start(&ignored);
	if (settings_set(&ignored, row, optarg))
		return true;
	message_say(memory_format("option -%c", letter),
		    memory_format("expected %s, got '%s'", row->values, optarg), "nothing done");
	return false;
}

/* Says what getopt_long() found wrong with `word`; `letter` is its answer. */
static bool complain(int letter, const char *word)
{
	const bool is_long = strncmp(word, "--", 2) == 0;

	message_say(memory_format("option %s", is_long ? word : memory_format("-%c", optopt)),
		    letter == ':'       ? "it needs a value"
		    : is_long && optopt ? "it takes no value"
					: "there is no such option",
		    "see noself --help; nothing done");
	return false;
}

/* Takes one option; false where it is wrong. */
static bool take(struct options *options, int letter, const char *word)
{
	switch (letter) {
	case 's':
		options->supervise = true;
		return true;
	case 'v':
		options->verbose = true;
		return true;
	case OPTION_FORCE:
		options->force = true;
		return true;
	case OPTION_CHECK:
		options->action = ACTION_CHECK;
		return true;
	case OPTION_PRINT_SETTINGS:
		options->action = ACTION_PRINT_SETTINGS;
		return true;
	case 'h':
		options->action = ACTION_HELP;
		return true;
	case 'V':
		options->action = ACTION_VERSION;
		return true;
	case '?':
	case ':':
		return complain(letter, word);
	default:
		return take_value(options, letter);
	}
}

bool options_read(struct options *options, int count, char **words)
{
	struct grammar grammar = {.letters = ""};

	build_grammar(&grammar);
	*options = (struct options){.action = ACTION_RUN};
	opterr = 0;
	for (;;) {
		const char *word = words[optind];
		const int letter =
			getopt_long(count, words, grammar.letters, grammar.options, NULL);
		if (letter == -1)
			break;
		if (!take(options, letter, word))
			return false;
		if (options->action == ACTION_HELP || options->action == ACTION_VERSION)
			return true;
	}
	options->words = words + optind;
	return true;
}
