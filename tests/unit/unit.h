/* SPDX-License-Identifier: MIT */
/* Shared by the unit tests: a check that prints what failed, and a count at the end. */
#pragma once

#include <stdio.h>
#include <string.h>

static int checks, failures;

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		checks++;                                                                          \
		if (!(condition)) {                                                                \
			failures++;                                                                \
			printf("%s:%d: %s\n", __FILE__, __LINE__, #condition);                     \
		}                                                                                  \
	} while (0)

#define CHECK_TEXT(got, expected)                                                                  \
	do {                                                                                       \
		const char *got_ = (got);                                                          \
		checks++;                                                                          \
		if (strcmp(got_, expected) != 0) {                                                 \
			failures++;                                                                \
			printf("%s:%d: got '%s', expected '%s'\n", __FILE__, __LINE__, got_,       \
			       expected);                                                          \
		}                                                                                  \
	} while (0)

/* The exit status: a run without a single check has failed. */
static int verdict_of_unit(void)
{
	printf("%d checks, %d failed\n", checks, failures);
	return checks == 0 || failures != 0;
}
