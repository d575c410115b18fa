/* SPDX-License-Identifier: MIT */
/* The settings that the command will have: those of its environment, and on top those of options.
 */
#include "chosen.h"

#include "environment.h"
#include "memory.h"

void chosen_read(struct chosen *chosen, const struct options *options, char *const *environment)
{
	settings_start(&chosen->settings);
	for (int i = 0; i < SETTINGS; i++) {
		const struct setting *row = &settings_table[i];
		const char *value = options->values[i];
		if (!value)
			value = environment_value(environment, row->variable);
		/* The library says in the command what is wrong with a variable. */
		if (!value || !settings_set(&chosen->settings, row, value))
			value = row->fallback;
		chosen->values[i] = value;
	}
	settings_finish(&chosen->settings);
}

int chosen_assignments(const struct options *options, char *assignments[SETTINGS])
{
	int count = 0;
	for (int i = 0; i < SETTINGS; i++)
		if (options->values[i])
			assignments[count++] = memory_format("%s=%s", settings_table[i].variable,
							     options->values[i]);
	return count;
}
