/* SPDX-License-Identifier: MIT */
/* Tries every sequence of results that code can get, and shows the shortest that fails. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Marks a variable of the subject. All its data must be in such variables, on its stack, in
 * registers or in errno.
 */
#define SEARCH_STATE __attribute__((section("search_state")))

/*
 * A point where any of `count` results is possible: returns one of them, from 0. The code
 * continues from here once for each.
 */
int choose(int count);

/*
 * Clears what returned functions have left below the stack, where the next frames will lie: equal
 * points would differ by it. To be called last, in the return of a function with a choice.
 */
long search_forget(long result);

/* Describes what happened at this point; printed only if a single sequence is shown. */
void describe(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* This sequence fails. Does not return. */
void flaw(const char *what) __attribute__((noreturn));

/*
 * Runs `subject` for every sequence, each time with the state zeroed. If two sequences lead to
 * equal data, the rest is the same, and is run once and counted for both. A sequence that returns
 * to an earlier point would never end, so it fails.
 * Returns main's exit status.
 */
int search(const char *name, void (*subject)(void));
