/* SPDX-License-Identifier: MIT */
/* What noself prints about itself. */
#include "help.h"

#include "core/settings.h"

void help_usage(FILE *to)
{
	fputs("usage: noself [OPTION...] [--] COMMAND [ARG...]\n"
	      "       noself [--supervise] --check FILE...\n"
	      "       noself --print-settings [OPTION...]\n",
	      to);
}

/* Completions read these lines: two spaces, the letter, the long name, = and the values. */
static void print_setting(FILE *to, const struct setting *row)
{
	fprintf(to, "  -%c, --%s=%s\n          %s (%s)\n", row->letter, row->option, row->values,
		row->help, row->fallback);
}

void help_print(FILE *to)
{
	help_usage(to);
	fputs("Run COMMAND so that none of its TCP connections reaches itself.\n\n", to);
	for (int i = 0; i < SETTINGS; i++)
		if (settings_table[i].option)
			print_setting(to, &settings_table[i]);
	fputs("  -s, --supervise\n"
	      "          cover COMMAND and all that it starts by the supervisor too\n"
	      "  -v, --verbose\n"
	      "          say on stderr how COMMAND is covered, and with which settings\n"
	      "      --check\n"
	      "          run nothing; say how each FILE would be covered\n"
	      "      --print-settings\n"
	      "          run nothing; print the variables that the options set\n"
	      "      --force\n"
	      "          run COMMAND even where it cannot be covered\n"
	      "  -h, --help\n"
	      "          print this and exit\n"
	      "  -V, --version\n"
	      "          print the version and exit\n"
	      "\n"
	      "COMMAND's pid, stdio and exit status are its own. Otherwise:\n"
	      "125: noself was used wrongly, or found no library\n"
	      "126: COMMAND cannot be run or covered\n"
	      "127: there is no such command\n",
	      to);
}
