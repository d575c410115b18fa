/* SPDX-License-Identifier: MIT */
/* A line that cannot be written, or is to go to another stderr, does nothing to the program. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/log.h"
#include "core/write_line.h"
#include "core/text.h"
#include "unit.h"

static volatile sig_atomic_t raised;

static void count(int signal)
{
	(void)signal;
	raised++;
}

/* A line that cannot be written raises nothing, and takes away nothing that was pending before. */
static void test_say(void)
{
	char path[] = "/tmp/noself-unit-XXXXXX";
	struct rlimit before;
	struct text line;
	sigset_t blocked, pending;
	int pipe_ends[2];
	const int file = mkstemp(path);

	CHECK(file >= 0 && pipe(pipe_ends) == 0);
	unlink(path);
	close(pipe_ends[0]);
	text_start(&line);
	text_string(&line, "line\x7f");
	text_safe(&line, "\x7f", 1);
	CHECK(line.at[line.length - 1] == '?');
	text_end(&line);
	signal(SIGXFSZ, count);
	signal(SIGPIPE, count);
	getrlimit(RLIMIT_FSIZE, &before);
	const struct rlimit none = {0, before.rlim_max};
	setrlimit(RLIMIT_FSIZE, &none);
	CHECK(!write_line(file, &line) && !write_line(pipe_ends[1], &line) && raised == 0);
	/* A pipe whose number is too large to be opened anew. */
	CHECK(dup2(pipe_ends[1], 10) == 10 && !write_line(10, &line) && raised == 0);
	close(10);

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGXFSZ);
	sigaddset(&blocked, SIGPIPE);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	raise(SIGXFSZ);
	raise(SIGPIPE);
	CHECK(!write_line(file, &line) && !write_line(pipe_ends[1], &line));
	sigpending(&pending);
	CHECK(sigismember(&pending, SIGXFSZ) == 1 && sigismember(&pending, SIGPIPE) == 1);
	setrlimit(RLIMIT_FSIZE, &before);
	sigprocmask(SIG_UNBLOCK, &blocked, NULL);
	CHECK(raised == 2);
	CHECK(write_line(file, &line) && lseek(file, 0, SEEK_END) == 7);
	close(file);
	close(pipe_ends[1]);
}

/* A descriptor 2 that differs from the stderr of the start in any one part gets nothing. */
static void test_other_stderr(void)
{
	static struct log_limit limit;
	const struct log_source source = {1, "unit"};
	struct context context = {.log_limit = &limit};
	const struct log_event event = {.fd = 3, .self = {.family = AF_INET}, .action = "failed"};
	const int stderr_before = dup(2);
	int ends[2];
	char got[TEXT_SIZE];

	settings_start(&context.settings);
	context.settings.log = LOG_STDERR;
	CHECK(pipe2(ends, O_NONBLOCK) == 0 && dup2(ends[1], 2) == 2);
	const struct log_target now = log_target_of_stderr(NULL);
	struct log_target other[4] = {now, now, now, now};
	other[0].known = false;
	other[1].identity.major++;
	other[2].identity.minor++;
	other[3].identity.inode++;
	for (int i = 0; i < 4; i++) {
		context.log_target = other[i];
		log_write(&context, &source, &event);
	}
	const ssize_t none = read(ends[0], got, sizeof(got));
	context.log_target = now;
	log_write(&context, &source, &event);
	const ssize_t line = read(ends[0], got, sizeof(got));
	dup2(stderr_before, 2);
	CHECK(none == -1 && line > 0 && got[line - 1] == '\n');
	close(stderr_before);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	test_say();
	test_other_stderr();
	return verdict_of_unit();
}
