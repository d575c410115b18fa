/* SPDX-License-Identifier: MIT */
/* Shared by the unit tests: a check that prints what failed, and a count at the end. */
#pragma once

#include <stdio.h>
#include <string.h>

static int checks, failures;

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define CHECK(condition) check(condition, #condition, __LINE__)
#define CHECK_TEXT(got, expected) check_text(got, expected, __LINE__)

static inline void check(int is_right, const char *condition, int line)
{
	checks++;
	if (is_right)
		return;
	failures++;
	printf("line %d: %s\n", line, condition);
}

static inline void check_text(const char *got, const char *expected, int line)
{
	if (strcmp(got, expected) != 0)
		printf("got '%s', expected ", got);
	check(strcmp(got, expected) == 0, expected, line);
}

/* The exit status: a run without a single check has failed. */
static int verdict_of_unit(void)
{
	printf("%d checks, %d failed\n", checks, failures);
	return checks == 0 || failures != 0;
}
