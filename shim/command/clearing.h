/* SPDX-License-Identifier: MIT */
/* Commands that start another one without the environment they were given. Pure. */
#pragma once

/*
 * What to write instead of the command `words[0]`, with its arguments and a NULL behind them, where
 * it is one of these: a call that has noself behind it. Else NULL.
 */
const char *clearing_remedy(char *const *words);
