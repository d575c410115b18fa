/* SPDX-License-Identifier: MIT */
/* Reads the command line of noself, and the settings that the command will have. */
#include "options.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "environment.h"
#include "messages.h"

/* Stands for the letter of options that have none. */
enum { NO_LETTER = 256, CHECK = NO_LETTER, PRINT_SETTINGS, FORCE };

/* The options without a value; the others are the rows of settings_table. */
/* clang-format off */
static const struct plain {
	int letter;
	size_t member; /* of struct options */
	const char *name, *help;
} plain[] = {
	{'s', offsetof(struct options, supervise), "supervise",
	 "cover COMMAND and all that it starts by the supervisor too"},
	{'v', offsetof(struct options, verbose), "verbose",
	 "say on stderr how COMMAND is covered, and with which settings"},
	{CHECK, offsetof(struct options, check), "check",
	 "run nothing; say how each FILE would be covered"},
	{PRINT_SETTINGS, offsetof(struct options, print_settings), "print-settings",
	 "run nothing; print the variables that the options set"},
	{FORCE, offsetof(struct options, force), "force",
	 "run COMMAND even where it cannot be covered"},
	{'h', offsetof(struct options, help), "help", "print this and exit"},
	{'V', offsetof(struct options, version), "version", "print the version and exit"},
};
/* clang-format on */
enum { PLAIN = sizeof(plain) / sizeof(*plain) };

const char options_usage[] = "usage: noself [OPTION...] [--] COMMAND [ARG...]\n"
			     "       noself [--supervise] --check FILE...\n"
			     "       noself --print-settings [OPTION...]\n";

/* Completions read these lines: two spaces, the letter, the long name, = and the values. */
void options_help(void)
{
	printf("%sRun COMMAND so that none of its TCP connections reaches itself.\n\n",
	       options_usage);
	for (int i = 0; i < SETTINGS; i++)
		if (settings_table[i].option)
			printf("  -%c, --%s=%s\n          %s (%s)\n", settings_table[i].letter,
			       settings_table[i].option, settings_table[i].values,
			       settings_table[i].help, settings_table[i].fallback);
	for (int i = 0; i < PLAIN; i++)
		printf("  %s --%s\n          %s\n",
		       plain[i].letter < NO_LETTER ? format("-%c,", plain[i].letter) : "   ",
		       plain[i].name, plain[i].help);
	puts("\n"
	     "COMMAND's pid, stdio and exit status are its own. Otherwise:\n"
	     "125: noself was used wrongly, or found no library\n"
	     "126: COMMAND cannot be run or covered\n"
	     "127: there is no such command");
}

struct grammar {
	struct option options[PLAIN + SETTINGS + 1];
	char letters[2 + PLAIN + 2 * SETTINGS + 1];
};

/* Fills a zeroed grammar, so that both lists have an end. */
static void build_grammar(struct grammar *grammar)
{
	struct option *option = grammar->options;
	/* Options end at the first other word; a value that is missing is told from the rest. */
	char *letter = stpcpy(grammar->letters, "+:");

	for (const struct plain *row = plain; row < plain + PLAIN; row++) {
		*option++ = (struct option){row->name, no_argument, NULL, row->letter};
		if (row->letter < NO_LETTER)
			*letter++ = (char)row->letter;
	}
	for (const struct setting *row = settings_table; row < settings_table + SETTINGS; row++) {
		if (!row->option)
			continue;
		*option++ = (struct option){row->option, required_argument, NULL, row->letter};
		*letter++ = row->letter;
		*letter++ = ':';
	}
}

/* Reads one option; prints an error and returns false if its value is not valid. */
static bool take(struct options *options, int letter)
{
	struct settings ignored;
	int i = 0;

	for (const struct plain *row = plain; row < plain + PLAIN; row++)
		if (row->letter == letter)
			return *((bool *)((char *)options + row->member)) = true;
	while (settings_table[i].letter != letter)
		i++;
	options->given[i] = optarg;
	if (settings_set(&ignored, &settings_table[i], optarg))
		return true;
	message_say(format("option -%c", letter),
		    format("expected %s, got '%s'", settings_table[i].values, optarg),
		    "nothing done");
	return false;
}

/* Prints the error that getopt_long() found in `word`. */
static bool complain(int answer, const char *word)
{
	const bool is_long = strncmp(word, "--", 2) == 0;

	message_say(is_long ? format("option %s", word) : format("option -%c", optopt),
		    answer == ':'       ? "it needs a value"
		    : is_long && optopt ? "it takes no value"
					: "there is no such option",
		    "see noself --help; nothing done");
	return false;
}

static void read_settings(struct options *options, char *const *environment)
{
	settings_start(&options->settings);
	for (int i = 0; i < SETTINGS; i++) {
		const struct setting *row = &settings_table[i];
		const char *value = options->given[i];
		if (!value)
			value = environment_value(environment, row->variable);
		/* Ignore invalid variables: the library reports them in the command. */
		if (!value || !settings_set(&options->settings, row, value))
			value = row->fallback;
		options->values[i] = value;
	}
	settings_finish(&options->settings);
}

bool options_read(struct options *options, int count, char **words, char *const *environment)
{
	struct grammar grammar = {.letters = ""};

	build_grammar(&grammar);
	*options = (struct options){.words = NULL};
	while (!options->help && !options->version) {
		const char *word = words[optind];
		const int answer =
			getopt_long(count, words, grammar.letters, grammar.options, NULL);
		if (answer == -1)
			break;
		if (answer == '?' || answer == ':')
			return complain(answer, word);
		if (!take(options, answer))
			return false;
	}
	options->words = words + optind;
	read_settings(options, environment);
	return true;
}

char **options_assignments(const struct options *options)
{
	char **list = allocate((SETTINGS + 2) * sizeof(*list)), **end = list;

	for (int i = 0; i < SETTINGS; i++)
		if (options->given[i])
			*end++ = format("%s=%s", settings_table[i].variable, options->given[i]);
	return list;
}
