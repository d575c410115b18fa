/* SPDX-License-Identifier: MIT */
/* The differential fuzz: makes a sequence of calls by the interposed functions on one socket and by
 * raw system calls on its twin. All that a program can see must be the same. */
#include "fuzz.h"

#include <signal.h>

/* A sequence takes fewer seconds than this: a call that waits is a difference too. */
enum { LONGEST = 30, SEQUENCES_WATCHED = 1000 };
/* How often a sequence is repeated to see whether a difference is reproducible. */
enum { REPEATS = 5 };

static uint64_t seed;
static volatile uint64_t number; /* of the sequence */
static struct {
	unsigned long performed, succeeded;
} calls[CALLS];
static unsigned long ports_shown;

static void crash(int signal)
{
	printf("seed %" PRIu64 ", sequence %" PRIu64 " %s (signal %d)\n"
	       "again: tests/fuzz/run %" PRIu64 " 1 %" PRIu64 "\n",
	       seed, number, signal == SIGALRM ? "waits" : "crashes", signal, seed, number);
	fflush(stdout);
	_exit(1);
}

static void count(const struct plan *plan, const struct record *interposed)
{
	for (int i = 0; i < plan->steps; i++) {
		const int call = step_value(&plan->step[i], CALL);
		const struct outcome *outcome = &interposed->outcome[i];
		calls[call].performed++;
		calls[call].succeeded += outcome->result >= 0;
		ports_shown += call == GETSOCKNAME && outcome->memory[NAME_AT][2] == EPHEMERAL >> 8;
	}
}

static void report(const struct plan *plan, struct record record[WAYS])
{
	struct record again[WAYS];
	bool each_time = true;

	world_drain();
	for (int i = 0; i < REPEATS; i++)
		each_time &= twins_differ(plan, i & 1, again);
	printf("seed %" PRIu64 ", sequence %" PRIu64 " %s:\n", seed, number,
	       each_time ? "differs" : "differed, but not each time");
	twins_print(plan, record);
	printf("again: tests/fuzz/run %" PRIu64 " 1 %" PRIu64 "\n", seed, number);
}

/* Whether one of the sequences differs. */
static bool run(uint64_t first, uint64_t total)
{
	for (uint64_t i = 0; i < total; i++) {
		struct plan plan;
		struct record record[WAYS];
		number = first + i;
		plan_make(&plan, seed, number);
		if (i % SEQUENCES_WATCHED == 0) {
			alarm(LONGEST);
			world_drain();
		}
		if (twins_differ(&plan, number & 1, record)) {
			report(&plan, record);
			return true;
		}
		count(&plan, &record[INTERPOSED]);
	}
	return false;
}

static void print_summary(uint64_t total)
{
	for (int i = 0; i < CALLS; i++)
		printf("%s: %lu, of which %lu succeeded\n", fields[CALL].choices[i].text,
		       calls[i].performed, calls[i].succeeded);
	printf("ports that the kernel chose, shown: %lu\n", ports_shown);
	printf("seed %" PRIu64 ": %" PRIu64 " sequences, none differs\n", seed, total);
}

int main(int argc, char **argv)
{
	static const int signals[] = {SIGALRM, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};

	must(argc < 3 ? -1 : 0, "usage: fuzz_twin SEED COUNT [FIRST]");
	seed = strtoull(argv[1], NULL, 0);
	const uint64_t total = strtoull(argv[2], NULL, 0);
	const uint64_t first = argc == 4 ? strtoull(argv[3], NULL, 0) : 0;

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		signal(signals[i], crash);
	signal(SIGPIPE, SIG_IGN);
	memory_start();
	world_start();
	if (run(first, total))
		return 1;
	print_summary(total);
	return 0;
}
