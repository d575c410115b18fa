/* SPDX-License-Identifier: MIT */
/* Tries every sequence of results that code can get, and finds the shortest that fails. */
#include "search.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <ucontext.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_UNPOISON_MEMORY_REGION(start, size) ((void)0)
#endif

enum { MAX_POINTS = 1 << 22, TABLE = 1 << 23, STACK = 1 << 14, LONGEST = 2000, END = -1 };

/* A point that was reached: its successors, and the first sequence to it. All edges are one array.
 */
struct point {
	uint64_t print;
	double sequences; /* from here to the end; negative while they are counted */
	int parent, edges;
	uint16_t answer, count;
	bool counted;
};

static struct point *points;
static int *table, *edges, point_count, edge_count;

/* The current run. The subject has its own stack, without any data of the search. */
static void (*subject_now)(void);
static unsigned char *state_now;
static size_t state_size;
static ucontext_t search_context, subject_context, at_start;
static _Alignas(64) unsigned char stack[STACK];
static int answers[LONGEST], length, position;
static bool shows, ended;
static const char *flaw_found;
static struct {
	uint64_t print;
	int count;
} reached;

__attribute__((no_sanitize("address", "undefined"))) static uint64_t
hash(uint64_t h, const unsigned char *bytes, size_t size)
{
	for (; size >= sizeof(h); bytes += sizeof(h), size -= sizeof(h)) {
		uint64_t word;
		__builtin_memcpy(&word, bytes, sizeof(word));
		h = (h ^ word) * 0x9e3779b97f4a7c15;
		h ^= h >> 29;
	}
	while (size--)
		h = (h ^ *bytes++) * 0x100000001b3;
	return h;
}

/*
 * All that the rest of the run depends on: stack, registers and errno at search_enter(), its
 * argument, the choices since then, and the state.
 */
static struct {
	jmp_buf registers;
	const unsigned char *stack;
	long argument;
	int position, error; /* errno */
} entry;

__attribute__((noinline)) void search_enter(long argument)
{
	entry.argument = argument;
	entry.error = errno;
	entry.position = position;
	entry.stack = __builtin_frame_address(0);
	setjmp(entry.registers);
}

__attribute__((noinline)) long search_leave(long result)
{
	/*
	 * Overwrite old data below the stack, where the next frames will lie: otherwise equal
	 * points would differ by it.
	 */
	char below[768];
	memset(below, 0, sizeof(below));
	__asm__ volatile("" : : "r"(below) : "memory");
	errno = entry.error;
	return result;
}

static uint64_t print(int count)
{
	const size_t choices = (size_t)(position - entry.position) * sizeof(*answers);
	const size_t depth = entry.stack ? (size_t)(stack + STACK - entry.stack) : 0;
	uint64_t h = hash((uint64_t)count, (const void *)&answers[entry.position], choices);

	h = hash(h + (uint64_t)entry.argument * 4096 + (uint64_t)entry.error,
		 (const void *)entry.registers, sizeof(entry.registers));
	h = hash(h, entry.stack, depth);
	return hash(h, state_now, state_size);
}

static void leave(int count)
{
	reached.print = print(count);
	reached.count = count;
	swapcontext(&subject_context, &search_context);
	abort();
}

int choose(int count)
{
	if (position == length)
		leave(count);
	return answers[position++];
}

void describe(const char *format, ...)
{
	va_list rest;
	if (!shows)
		return;
	va_start(rest, format);
	vprintf(format, rest);
	va_end(rest);
}

void flaw(const char *what)
{
	flaw_found = what;
	swapcontext(&subject_context, &search_context);
	abort();
}

static void enter(void)
{
	subject_now();
	ended = true;
}

/* Runs the subject with these results: to the next point, to a failure, or to the end. */
static void run(void)
{
	ASAN_UNPOISON_MEMORY_REGION(stack, STACK);
	memset(stack, 0, STACK);
	memset(state_now, 0, state_size);
	memset(&entry, 0, sizeof(entry));
	position = 0;
	ended = false;
	flaw_found = NULL;
	/* Always with the same registers. */
	subject_context = at_start;
	subject_context.uc_stack.ss_sp = stack;
	subject_context.uc_stack.ss_size = STACK;
	subject_context.uc_link = &search_context;
	makecontext(&subject_context, enter, 0);
	swapcontext(&search_context, &subject_context);
}

/* The number of the point that was reached; a new number for a new point. */
static int look_up(int parent, int answer)
{
	uint32_t at = (uint32_t)reached.print % TABLE;
	for (; table[at]; at = (at + 1) % TABLE)
		if (points[table[at] - 1].print == reached.print)
			return table[at] - 1;
	if (point_count == MAX_POINTS)
		return END;
	table[at] = point_count + 1;
	points[point_count] = (struct point){.print = reached.print,
					     .parent = parent,
					     .answer = (uint16_t)answer,
					     .count = (uint16_t)reached.count};
	return point_count++;
}

/* Fills in the results that lead to a point. */
static void lead_to(int point)
{
	length = 0;
	for (int p = point; points[p].parent != END; p = points[p].parent)
		length++;
	int i = length;
	for (int p = point; i > 0; p = points[p].parent)
		answers[--i] = points[p].answer;
}

/* Tries every result at a point; false if one failed. */
static bool expand(int point)
{
	lead_to(point);
	points[point].edges = edge_count;
	length++;
	for (int i = 0; i < points[point].count; i++) {
		answers[length - 1] = i;
		run();
		if (flaw_found)
			return false;
		edges[edge_count++] = ended ? END : look_up(point, i);
	}
	return true;
}

/* The number of sequences from a point on; -1 if one returns to it. */
static double count_from(int number)
{
	struct point *point = &points[number];
	double sum = 0;
	if (point->counted)
		return point->sequences;
	point->counted = true;
	point->sequences = -1;
	for (int i = 0; i < point->count; i++) {
		const int next = edges[point->edges + i];
		const double rest = next == END ? 1 : count_from(next);
		if (rest < 0)
			return -1;
		sum += rest;
	}
	return point->sequences = sum;
}

static int show(const char *name)
{
	shows = true;
	run();
	printf("%s: %s\nthis sequence: %s ", name,
	       flaw_found ? flaw_found
	       : ended    ? "nothing bad"
			  : "not at the end yet",
	       name);
	for (int i = 0; i < length; i++)
		printf(i ? ".%d" : "%d", answers[i]);
	putchar('\n');
	return flaw_found != NULL;
}

int search(const char *name, void (*subject)(void), void *state, size_t size, int argc, char **argv)
{
	const clock_t began = clock();
	subject_now = subject;
	state_now = state;
	state_size = size;
	getcontext(&at_start);
	for (char *at = argc > 1 ? argv[1] : NULL; at && *at && length < LONGEST; at += *at == '.')
		answers[length++] = (int)strtol(at, &at, 10);
	if (length)
		return show(name);
	points = malloc(MAX_POINTS * sizeof(*points));
	edges = malloc(16 * MAX_POINTS * sizeof(*edges));
	table = calloc(TABLE, sizeof(*table));
	run();
	look_up(END, 0);
	for (int i = 0; i < point_count; i++)
		if (!expand(i))
			return show(name);
	lead_to(point_count - 1);
	const double sequences = point_count < MAX_POINTS ? count_from(0) : -1;
	printf("%s: %.3g sequences of answers in %d situations, the longest after %d answers, %.1f "
	       "s\n",
	       name, sequences, point_count, length, (double)(clock() - began) / CLOCKS_PER_SEC);
	if (sequences < 0)
		puts("there are some that do not end");
	printf("%d checks, %d failed\n", edge_count, sequences < 0);
	return sequences < 0;
}
