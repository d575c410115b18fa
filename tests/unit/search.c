/* SPDX-License-Identifier: MIT */
/* Tries every sequence of results that code can get, and shows the shortest that fails. */
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

enum { MAX_POINTS = 1 << 21, TABLE = 1 << 22, STACK = 1 << 14, LONGEST = 2000 };

/* What __builtin_setjmp() writes; it leaves all other registers on the stack. */
typedef void *place[5];

/* The subject at a point: all that the rest of its run depends on. */
struct snapshot {
	size_t depth;
	unsigned char data[]; /* SEARCH_STATE, then the used part of the stack */
};

/* A point that was reached, by a hash of its snapshot; 0 is a free place of the table. */
struct point {
	uint64_t print;
	double sequences; /* from here to the end; 0 while they are counted */
	int depth;        /* results that led here */
};
static struct point table[TABLE];
static int point_count, result_count;

/* The subject has its own stack, without any data of the search. */
static void (*subject_now)(void);
static _Alignas(64) unsigned char stack[STACK];
static const unsigned char *stack_used; /* from here to its end */
static place in_search;
SEARCH_STATE static place in_subject;
SEARCH_STATE static int error; /* errno */
static int count_now, answer_now;
static bool ended;
static const char *flaw_found;

/* The results that led to the latest point; to show it, the subject gets the same again. */
static int answers[LONGEST], length, position;
static int most = LONGEST + 1; /* results in a sequence */
static bool is_shown;

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
	if (is_shown && position < length)
		return answers[position++];
	count_now = count;
	error = errno;
	if (!__builtin_setjmp(in_subject))
		leave();
	errno = error;
	return answer_now;
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
	if (!is_shown)
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

/* Runs the subject from its start: to the first point, to a flaw, or to the end. */
static void start(void)
{
	ucontext_t subject;

	memset(__start_search_state, 0, state_size());
	ended = false;
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
	memcpy(__start_search_state, s->data, state_size());
	memcpy(stack + STACK - s->depth, s->data + state_size(), s->depth);
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

/* The place of a point in the table. */
static struct point *look_up(uint64_t print)
{
	uint32_t at = (uint32_t)print % TABLE;

	while (table[at].print && table[at].print != print)
		at = (at + 1) % TABLE;
	return &table[at];
}

static double explore(void);

/* Continues with every result that is possible here; returns the number of sequences. */
static double try_all(const struct snapshot *here)
{
	const int count = count_now, depth = length;
	double sequences = 0;

	for (int i = 0; i < count && !flaw_found; i++) {
		answers[depth] = i;
		length = depth + 1;
		result_count++;
		resume(here, i);
		sequences += explore();
	}
	return sequences;
}

/* Goes on from where the subject is, if it was not there before. */
static double explore(void)
{
	if (ended || flaw_found)
		return 1;
	struct snapshot *here = take_snapshot();
	const uint64_t print = hash(here);
	struct point *point = look_up(print);

	/* With a limit more can be reached from here if fewer results led here. */
	const bool is_new = !point->print || (most < LONGEST && length < point->depth);

	if (is_new ? length == LONGEST : point->sequences == 0) {
		flaw_found = "there are sequences that do not end";
	} else if (point_count == MAX_POINTS) {
		flaw_found = "there are too many situations";
	} else if (is_new && length < most) {
		point_count += !point->print;
		*point = (struct point){.print = print, .depth = length};
		point->sequences = try_all(here);
	}
	free(here);
	/* At the limit nothing is counted: one sequence ends there. */
	return point->sequences > 0 ? point->sequences : 1;
}

/* Whether a sequence of at most that many results fails. */
static bool fails_within(int results)
{
	most = results;
	memset(table, 0, sizeof(table));
	point_count = length = 0;
	flaw_found = NULL;
	start();
	explore();
	return flaw_found != NULL;
}

/* After a sequence has failed. */
static void find_shortest(void)
{
	int least = 0, enough = length;

	while (least < enough) {
		if (fails_within((least + enough) / 2))
			enough = length;
		else
			least = most + 1;
	}
	fails_within(enough);
}

int search(const char *name, void (*subject)(void))
{
	const struct sigaction on_crash = {.sa_handler = crash, .sa_flags = SA_NODEFER};

	sigaction(SIGSEGV, &on_crash, NULL);
	subject_now = subject;
	start();
	const double sequences = explore();
	const bool is_good = !flaw_found;
	if (!is_good) {
		find_shortest();
		is_shown = true;
		start();
		puts(flaw_found);
	}
	printf("%s: %.3g sequences of results in %d situations, %.1f s\n", name, sequences,
	       point_count, (double)clock() / CLOCKS_PER_SEC);
	printf("%d checks, %d failed\n", result_count, !is_good);
	return !is_good;
}
