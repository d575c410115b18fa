/* SPDX-License-Identifier: MIT */
/* The differential fuzz: makes a sequence of calls by the interposed functions on one socket and by
 * raw system calls on its twin. All that a program could see must be the same. */
#include "fuzz.h"

#include <dlfcn.h>
#include <signal.h>

/* A sequence takes fewer seconds than this: a call that waits is a difference too. */
enum { LONGEST = 30, SEQUENCES_WATCHED = 1000 };

static const char usage[] =
	"usage: fuzz_twin [-s SEED] [-n COUNT] [-p]       so many sequences; -p says how it goes\n"
	"       fuzz_twin -s SEED -i SEQUENCE [-k PARTS]  one of them, or some of its parts\n"
	"SEED is a number or 'random'.\n";

struct fuzz {
	struct world world;
	uint64_t seed, progress;
	unsigned long performed[CALLS], succeeded[CALLS], ports_shown;
	int failed;
};

/* For the handler below. */
static volatile uint64_t now_seed, now_at;

static void come_to_grief(int signal)
{
	char line[160];
	const int n = snprintf(line, sizeof(line),
			       "seed %" PRIu64 ", sequence %" PRIu64 " %s (signal %d)\n"
			       "again: tests/fuzz/run -s %" PRIu64 " -i %" PRIu64 "\n",
			       now_seed, now_at, signal == SIGALRM ? "waits" : "crashes", signal,
			       now_seed, now_at);
	_exit(write(STDOUT_FILENO, line, (size_t)n) == n ? 1 : 3);
}

static void watch(void)
{
	static const int signals[] = {SIGALRM, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
	for (unsigned i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		signal(signals[i], come_to_grief);
}

static void count(struct fuzz *fuzz, const struct plan *plan, const struct record *interposed)
{
	for (int i = 0; i < plan->steps; i++) {
		const enum call call = plan->step[i].call;
		fuzz->performed[call]++;
		fuzz->succeeded[call] += interposed->outcome[i].result >= 0;
		fuzz->ports_shown +=
			call == GETSOCKNAME && interposed->outcome[i].name[2] == EPHEMERAL_HIGH;
	}
}

static void run(struct fuzz *fuzz, uint64_t total)
{
	for (uint64_t i = 0; i < total && !fuzz->failed; i++) {
		struct plan plan;
		struct record two[2];
		plan_make(&plan, fuzz->seed, i);
		now_at = i;
		if (i % SEQUENCES_WATCHED == 0) {
			alarm(LONGEST);
			world_drain(&fuzz->world);
		}
		fuzz->failed = shrink_differs(&fuzz->world, &plan, i & 1, two);
		if (fuzz->failed)
			shrink_report(&fuzz->world, &plan, fuzz->seed, i, two);
		count(fuzz, &plan, &two[INTERPOSED]);
		if (fuzz->progress && i % fuzz->progress == fuzz->progress - 1)
			fprintf(stderr, "fuzz: %" PRIu64 " sequences, none differs\n", i + 1);
	}
}

static const char *interposer(void)
{
	static const char *const calls[] = {"connect", "bind", "getsockname"};
	Dl_info info;

	for (int i = 0; i < 3; i++) {
		void *at = dlsym(RTLD_DEFAULT, calls[i]);
		if (at && dladdr(at, &info) && !strstr(info.dli_fname, "libc.so"))
			return strrchr(info.dli_fname, '/') ? strrchr(info.dli_fname, '/') + 1
							    : info.dli_fname;
	}
	return "nothing";
}

static void print_summary(const struct fuzz *fuzz, uint64_t total)
{
	for (int i = 0; i < CALLS; i++)
		printf("%s: %lu, of which %lu succeeded\n", call_names[i], fuzz->performed[i],
		       fuzz->succeeded[i]);
	printf("ports that the kernel chose, shown: %lu\n", fuzz->ports_shown);
	printf("seed %" PRIu64 ", interposed by %s: %" PRIu64 " sequences, none differs\n",
	       fuzz->seed, interposer(), total);
}

int main(int argc, char **argv)
{
	static struct fuzz fuzz = {.seed = 1};
	uint64_t total = 1000;
	int64_t only = -1;
	unsigned parts = ~0U;
	int option;

	while ((option = getopt(argc, argv, "s:n:i:k:p")) != -1) {
		switch (option) {
		case 's':
			fuzz.seed = strtoull(optarg, NULL, 0);
			if (strcmp(optarg, "random") == 0)
				must(getentropy(&fuzz.seed, sizeof(fuzz.seed)), "getentropy");
			break;
		case 'n':
			total = strtoull(optarg, NULL, 0);
			break;
		case 'i':
			only = strtoll(optarg, NULL, 0);
			break;
		case 'k':
			parts = (unsigned)strtoul(optarg, NULL, 0);
			break;
		case 'p':
			fuzz.progress = 50000;
			break;
		default:
			fputs(usage, stderr);
			return 2;
		}
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	now_seed = fuzz.seed;
	signal(SIGPIPE, SIG_IGN);
	watch();
	unsigned char three_pages[3 * PAGE];
	memory_start(three_pages);
	world_start(&fuzz.world);
	if (only >= 0) {
		struct plan plan;
		struct record two[2];
		now_at = (uint64_t)only;
		plan_make(&plan, fuzz.seed, now_at);
		plan = plan_without(&plan, parts);
		alarm(LONGEST);
		int r = shrink_differs(&fuzz.world, &plan, only & 1, two);
		text_print(&plan, two);
		puts(r ? "differs" : "does not differ");
		return r;
	}
	run(&fuzz, total);
	if (!fuzz.failed)
		print_summary(&fuzz, total);
	return fuzz.failed;
}
