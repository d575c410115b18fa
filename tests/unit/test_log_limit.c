/* SPDX-License-Identifier: MIT */
/* The limiter of log lines: ten a second, drops counted, each process for itself. */
#include "core/log_limit.h"
#include "unit.h"

static struct log_limit limit;
static uint32_t dropped;

/* The number of lines, out of so many, that may be written. */
static int taken(int lines, uint32_t second, long pid)
{
	int n = 0;
	for (int i = 0; i < lines; i++)
		n += log_limit_take(&limit, second, pid, &dropped);
	return n;
}

int main(void)
{
	CHECK(taken(15, 7, 1) == 10 && dropped == 0);
	CHECK(taken(1, 8, 1) == 1 && dropped == 5);
	CHECK(taken(1, 8, 1) == 1 && dropped == 0);

	/* A line that could not be written counts as dropped. */
	log_limit_give_back(&limit, 3);
	CHECK(taken(1, 8, 1) == 1 && dropped == 4);

	/* A forked process has written none and dropped none. */
	CHECK(taken(20, 8, 1) == 7);
	CHECK(taken(15, 8, 2) == 10 && dropped == 0);
	return verdict_of_unit();
}
