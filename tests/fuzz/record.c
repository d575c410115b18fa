/* SPDX-License-Identifier: MIT */
/* Records in readable form: what the program got from each call, and what the socket is like. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "twin.h"

static void print_result(long result, int error)
{
	printf("%ld", result);
	if (result < 0)
		printf(" %s", strerrorname_np(error) ? strerrorname_np(error) : "(no errno)");
}

static void print_bytes(const unsigned char *bytes, size_t size)
{
	/* The rest is as it was. */
	while (size > 0 && (bytes[size - 1] == 0xa5 || bytes[size - 1] == 0))
		size--;
	for (size_t i = 0; i < size; i++)
		printf("%s%02x", i % 4 ? "" : " ", bytes[i]);
}

void record_print_outcome(const char *who, const struct step *step, const struct outcome *outcome)
{
	printf("    %-11s ", who);
	print_result(outcome->result, outcome->error);
	if (outcome->result >= 0 && outcome->error != 76)
		printf(", errno changed to %d", outcome->error);
	if (step->call == GETSOCKNAME) {
		printf(", length %d, name", (int)outcome->length);
		print_bytes(outcome->name, sizeof(outcome->name));
	}
	if (step->call == SENDMMSG)
		printf(", sent %#x %#x %#x", outcome->sent[0], outcome->sent[1], outcome->sent[2]);
	putchar('\n');
}

void record_print_end(const char *who, const struct end_state *end)
{
	printf("    %-11s hint %d, range %#x, SO_ERROR %d, flags %#o, listening %d, reuse %d\n",
	       who, end->hint, (unsigned)end->range, end->error, (unsigned)end->flags,
	       end->listening, end->reuse);
	printf("    %-11s name %ld", "", end->name_result);
	print_bytes(end->name, sizeof(end->name));
	printf(", peer %ld", end->peer_result);
	print_bytes(end->peer, sizeof(end->peer));
	putchar('\n');
}
