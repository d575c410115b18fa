/* SPDX-License-Identifier: MIT */
/* Tries every sequence of results that code can get, and finds the shortest that fails. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Each function with a choice calls it first, with its arguments, and search_leave() last, in its
 * return. errno does not change.
 */
void search_enter(long argument);
long search_leave(long result);

/*
 * A point where any of `count` results is possible: returns one of them, from 0. The code runs
 * again from its start for each sequence of results.
 */
int choose(int count);

/* Describes what happened at this point; printed only if a single sequence is shown. */
void describe(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* This sequence fails. Does not return. */
void flaw(const char *what) __attribute__((noreturn));

/*
 * Runs `subject` for every sequence, each time with `state` zeroed. All data must be in `state`, on
 * the stack, in registers or in errno: if two sequences lead to equal data, the rest is the same,
 * and is run once and counted for both. A sequence that returns to an earlier point would never
 * end, so it fails.
 *
 * With an argument, such as 0.3.1, shows only that sequence. Returns main's exit status.
 */
int search(const char *name, void (*subject)(void), void *state, size_t size, int argc,
	   char **argv);
