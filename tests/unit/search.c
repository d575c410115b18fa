/* SPDX-License-Identifier: MIT */
/* Tries every sequence of results that code can get, and finds the shortest that fails. */
#define _GNU_SOURCE
#include "search.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <ucontext.h>

/* AddressSanitizer knows only the thread's own stack. */
#define APART __attribute__((noinline, no_sanitize("address")))
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_UNPOISON_MEMORY_REGION(start, size) ((void)0)
#endif

enum { MAX_POINTS = 1 << 21, TABLE = 1 << 22, STACK = 1 << 14, LONGEST = 2000, END = -1 };

/* What __builtin_setjmp() writes; it leaves all other registers on the stack. */
typedef void *place[5];

/* The subject at a point: all that the rest of its run depends on. */
struct snapshot {
	place place;
	int error; /* errno */
	size_t depth;
	unsigned char data[]; /* SEARCH_STATE, then the used part of the stack */
};

/* A point with its possible results, and the first sequence that leads to it. */
struct point {
	struct snapshot *snapshot; /* until each result was tried */
	uint64_t print;            /* a hash of the snapshot */
	int count, edges;          /* of results; the number of the first one's edge */
	int parent, answer;        /* the point before, and the result that led here */
	double sequences;          /* from here to the end; negative while they are counted */
};

/* An edge is the number of the next point, or END. */
static struct point *points;
static int *table, *edges, point_count, edge_count;

/* The subject has its own stack, without any data of the search. */
static void (*subject_now)(void);
static _Alignas(64) unsigned char stack[STACK];
static const unsigned char *stack_used; /* from here to its end */
static place in_subject, in_search;
static int count_now, answer_now;
static bool ended;
static const char *flaw_found;

/* The results to begin with, to show a sequence. */
static int answers[LONGEST], length, position;

/* From the linker. */
extern unsigned char __start_search_state[], __stop_search_state[];

static size_t state_size(void)
{
	return (size_t)(__stop_search_state - __start_search_state);
}

/* Back to the search. */
APART __attribute__((noreturn)) static void leave(void)
{
	ASAN_UNPOISON_MEMORY_REGION(stack, STACK);
	stack_used = __builtin_frame_address(0);
	__builtin_longjmp(in_search, 1);
}

APART int choose(int count)
{
	if (position < length)
		return answers[position++];
	count_now = count;
	if (__builtin_setjmp(in_subject))
		return answer_now;
	leave();
}

APART long search_forget(long result)
{
	char below[768];
	memset(below, 0, sizeof(below));
	__asm__ volatile("" : : "r"(below) : "memory");
	return result;
}

void describe(const char *format, ...)
{
	va_list rest;
	if (!length)
		return;
	va_start(rest, format);
	vprintf(format, rest);
	va_end(rest);
}

void flaw(const char *what)
{
	flaw_found = what;
	leave();
}

static void crash(int number)
{
	flaw("memory is read or written that is not there");
}

APART static void enter(void)
{
	subject_now();
	ended = true;
	leave();
}

/* Runs the subject from its start: to the first point that is not in `answers`, or to the end. */
static void start(void)
{
	ucontext_t subject;

	memset(__start_search_state, 0, state_size());
	getcontext(&subject);
	subject.uc_stack.ss_sp = stack;
	subject.uc_stack.ss_size = STACK;
	makecontext(&subject, enter, 0);
	if (!__builtin_setjmp(in_search))
		setcontext(&subject);
}

/* Continues from a point with this answer: to the next point, to a flaw, or to the end. */
APART static void resume(const struct snapshot *s, int answer)
{
	memcpy(in_subject, s->place, sizeof(place));
	memcpy(__start_search_state, s->data, state_size());
	memcpy(stack + STACK - s->depth, s->data + state_size(), s->depth);
	errno = s->error;
	answer_now = answer;
	ended = false;
	if (!__builtin_setjmp(in_search))
		__builtin_longjmp(in_subject, 1);
}

static size_t snapshot_size(size_t depth)
{
	return sizeof(struct snapshot) + state_size() + depth;
}

static struct snapshot *take_snapshot(void)
{
	const size_t depth = (size_t)(stack + STACK - stack_used);
	struct snapshot *s = calloc(1, snapshot_size(depth) + sizeof(uint64_t));

	memcpy(s->place, in_subject, sizeof(place));
	s->error = errno;
	s->depth = depth;
	memcpy(s->data, __start_search_state, state_size());
	memcpy(s->data + state_size(), stack_used, depth);
	return s;
}

static uint64_t hash(const struct snapshot *s)
{
	uint64_t word, key = 0, sum = 0;

	for (size_t at = 0; at < snapshot_size(s->depth); at += sizeof(word)) {
		memcpy(&word, (const char *)s + at, sizeof(word));
		key += 0x9e3779b97f4a7c15;
		word = (word ^ key) * 0xbf58476d1ce4e5b9;
		sum += (word ^ word >> 32) * key;
	}
	return sum ^ sum >> 32;
}

/* The number of the point that was reached; a new number for a new point. */
static int look_up(int parent, int answer)
{
	struct snapshot *now = take_snapshot();
	const uint64_t print = hash(now);
	uint32_t at = (uint32_t)print % TABLE;

	for (; table[at]; at = (at + 1) % TABLE)
		if (points[table[at] - 1].print == print)
			break;
	if (table[at] || point_count == MAX_POINTS) {
		free(now);
		return table[at] - 1;
	}
	points[point_count] = (struct point){.snapshot = now,
					     .print = print,
					     .parent = parent,
					     .answer = answer,
					     .count = count_now};
	table[at] = ++point_count;
	return point_count - 1;
}

/* Runs the sequence to a point and this result again, with descriptions. */
static void show(int point, int answer)
{
	for (int p = point; points[p].parent != END; p = points[p].parent)
		length++;
	answers[length] = answer;
	for (int p = point, i = length++; i > 0; p = points[p].parent)
		answers[--i] = points[p].answer;
	start();
	puts(flaw_found);
}

/* Tries every result at a point; false if one failed. */
static bool expand(int number)
{
	struct point *point = &points[number];

	point->edges = edge_count;
	for (int i = 0; i < point->count; i++) {
		resume(point->snapshot, i);
		if (flaw_found) {
			show(number, i);
			return false;
		}
		edges[edge_count++] = ended ? END : look_up(number, i);
	}
	free(point->snapshot);
	return true;
}

/* The number of sequences from a point on; -1 if one returns to it. */
static double count_from(int number)
{
	struct point *point = &points[number];
	double sum = 0;

	if (point->sequences != 0)
		return point->sequences;
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

/* Tries everything; false if a sequence fails. */
static bool explore(void)
{
	start();
	look_up(END, 0);
	for (int i = 0; i < point_count; i++)
		if (!expand(i))
			return false;
	if (point_count == MAX_POINTS || count_from(0) < 0)
		puts("there are sequences that do not end, or too many situations");
	return point_count < MAX_POINTS && points[0].sequences > 0;
}

int search(const char *name, void (*subject)(void))
{
	const struct sigaction on_crash = {.sa_handler = crash, .sa_flags = SA_NODEFER};

	sigaction(SIGSEGV, &on_crash, NULL);
	subject_now = subject;
	points = malloc(MAX_POINTS * sizeof(*points));
	edges = malloc(16 * MAX_POINTS * sizeof(*edges));
	table = calloc(TABLE, sizeof(*table));
	const bool good = explore();
	printf("%s: %.3g sequences of results in %d situations, %.1f s\n", name,
	       points[0].sequences, point_count, (double)clock() / CLOCKS_PER_SEC);
	printf("%d checks, %d failed\n", edge_count, !good);
	return !good;
}
