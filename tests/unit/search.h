/* SPDX-License-Identifier: MIT */
/* Walks every sequence of answers that a piece of code can get, and finds the shortest bad one. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * To be called first by each function in which the code under test meets a choice, with what it was
 * given; and search_leave() last, in its return. errno stays as it was.
 */
void search_enter(long argument);
long search_leave(long result);

/*
 * A point where any of `count` answers is possible: returns one of them, from 0. The code runs
 * again from its start for each sequence of answers.
 */
int choose(int count);

/* Says what happened at this point; printed only where one sequence is shown. */
void describe(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* This sequence is bad. Does not return. */
void flaw(const char *what) __attribute__((noreturn));

/*
 * Runs `subject` for every sequence, each time with `state` zeroed. All that lives between two
 * answers has to lie in `state`, on the stack, in registers or in errno: two sequences that lead to
 * the same of these have the same future, which is walked once and counted for both. One that comes
 * back to where it was would never end, and is bad.
 *
 * With an argument, such as 0.3.1, shows that sequence alone. Returns main's exit status.
 */
int search(const char *name, void (*subject)(void), void *state, size_t size, int argc,
	   char **argv);
