/* SPDX-License-Identifier: MIT */
/* Many dials at once of a port of 127.0.0.1 where nobody listens: storm KIND COUNT PORT
 *     dials   COUNT dials from nine threads; the handler of a 5 kHz timer dials too
 *     forks   COUNT forks and vforks beside eight threads; children and fork handlers dial too
 *     cancel  COUNT times eight threads, each cancelled in connect()
 *     close   COUNT dials, while main closes the descriptors or replaces them by new sockets
 * Exit 0 if no dial reached itself, 1 if some did, 3 if something is odd. */
#include "net.h"

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

/* A thread may have a descriptor of its own, which the kernel does not assign. */
enum { THREADS = 8, FIRST_DESCRIPTOR = 100 };

/* The result of a dial. If the range is full there is no port, also without the library. */
enum outcome { REFUSED, SELF, NO_PORT, OTHER, OUTCOMES };

static struct name to;
static long rounds;
static _Atomic long left;   /* remaining dials of all threads */
static _Atomic long *tally; /* of each outcome; shared with forked children */
static const char *odd;     /* what went wrong, or NULL */
static pthread_t threads[THREADS];

/* A socket that close() resets, so that no TIME_WAIT disturbs the next dial. */
static int stream(void)
{
	const struct linger reset = {.l_onoff = 1};
	const int fd = new_socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	return fd;
}

static void count(int fd, int result)
{
	tally[result == 0              ? (is_self(fd) ? SELF : OTHER)
	      : errno == ECONNREFUSED  ? REFUSED
	      : errno == EADDRNOTAVAIL ? NO_PORT
				       : OTHER]++;
}

static void dial(int fd)
{
	count(fd, connect(fd, &to.any, to.length));
}

static void dial_once(void)
{
	const int fd = stream();
	dial(fd);
	close(fd);
}

static void *dial_all(void *unused)
{
	(void)unused;
	while (left-- > 0)
		dial_once();
	return NULL;
}

static void start(void *(*run)(void *))
{
	for (intptr_t i = 0; i < THREADS; i++)
		must(-pthread_create(&threads[i], NULL, run, (void *)i), "pthread_create");
}

static void join(const void *expected)
{
	for (int i = 0; i < THREADS; i++) {
		void *result;
		pthread_join(threads[i], &result);
		if (result != expected)
			odd = "a thread was not cancelled";
	}
}

/* Sets the next alarm at its end, so that the program gets on also where valgrind makes it slow. */
static void on_alarm(int number)
{
	const int before = errno;
	(void)number;
	dial_once();
	ualarm(200, 0);
	errno = before;
}

/* The kernel interrupts main, which dials too. TSan's signal() would let the call end by EINTR. */
static void storm_dials(void)
{
	const struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};

	sigaction(SIGALRM, &action, NULL);
	ualarm(200, 0);
	start(dial_all);
	dial_all(NULL);
	join(NULL);
	signal(SIGALRM, SIG_IGN);
}

static void storm_forks(void)
{
	pthread_atfork(dial_once, dial_once, dial_once);
	left = LONG_MAX;
	start(dial_all);
	for (long i = 0; i < rounds; i++) {
		int status;
		const pid_t child = i % 2 ? vfork() : fork();
		if (child == 0) {
			dial_once();
			_exit(0);
		}
		if (waitpid(child, &status, 0) != child || status != 0)
			odd = "a child did not exit";
	}
	left = 0;
	join(NULL);
}

static void close_it(void *fd)
{
	close(*(int *)fd);
}

/* Dials so that the thread can be cancelled only in connect(). */
static void *dial_cancellably(void *unused)
{
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	for (;;) {
		int fd = stream(), result;
		pthread_cleanup_push(close_it, &fd);
		pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
		result = connect(fd, &to.any, to.length);
		pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
		count(fd, result);
		pthread_cleanup_pop(1);
	}
	return unused;
}

static void storm_cancel(void)
{
	for (long i = 0; i < rounds; i++) {
		start(dial_cancellably);
		for (int j = 0; j < THREADS; j++) {
			usleep((unsigned)rand() % 300);
			pthread_cancel(threads[j]);
		}
		join(PTHREAD_CANCELED);
	}
}

static void open_at(int fd)
{
	const int new = stream();
	must(dup2(new, fd), "dup2");
	close(new);
}

static void *dial_in_danger(void *i)
{
	const int fd = FIRST_DESCRIPTOR + (int)(intptr_t)i;

	while (left-- > 0) {
		open_at(fd);
		dial(fd);
	}
	return NULL;
}

static void storm_close(void)
{
	start(dial_in_danger);
	for (int i = 0; left > 0; i++) {
		open_at(FIRST_DESCRIPTOR + i % THREADS);
		close(FIRST_DESCRIPTOR + (i + 1) % THREADS);
	}
	join(NULL);
	tally[OTHER] = 0; /* such as EBADF */
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} kinds[] = {{"dials", storm_dials},
		     {"forks", storm_forks},
		     {"cancel", storm_cancel},
		     {"close", storm_close}};
	struct name at = loopback(4000); /* outside the ephemeral range */

	if (argc != 4)
		return 2;
	tally = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	left = rounds = atol(argv[2]);
	to = loopback(atoi(argv[3]));
	listen_on(&at, 0);
	const int beside = stream();
	must(connect(beside, &at.any, at.length), "connect");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(argv[1], kinds[i].name) == 0)
			kinds[i].run();
	if (getpeername(beside, &at.any, &at.length) < 0)
		odd = "a connection beside the storm broke";
	if (dup(beside) != beside + 1)
		odd = "a descriptor was left open";
	if (tally[OTHER] > 0)
		odd = "unexpected results";
	printf("%ld dials, %ld refused, %ld reached themselves, %ld without a port, %ld otherwise; "
	       "%s\n",
	       tally[REFUSED] + tally[SELF] + tally[NO_PORT] + tally[OTHER], tally[REFUSED],
	       tally[SELF], tally[NO_PORT], tally[OTHER], odd ? odd : "nothing left behind");
	return odd ? 3 : tally[SELF] > 0;
}
