/* SPDX-License-Identifier: MIT */
/* What only matters under a supervisor: odd ways to dial, signals while a dial waits, what a
 * command sees of its processes, and processes in which the supervisor cannot be installed as
 * usual. */
#include "net.h"

#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

static int count, port;
static struct name to;
static long refused, reached, interrupted, undialled, handled;

static void tally(int fd, long error)
{
	if (error == 0 && is_self(fd))
		reached++;
	else if (error == ECONNREFUSED)
		refused++;
	else if (error == EINTR)
		*(own_port(fd) ? &interrupted : &undialled) += 1;
	else
		exit((errno = (int)error, perror("dial"), 2));
	close_reset(fd);
}

static int summary(void)
{
	printf("%ld refused, %ld reached themselves", refused, reached);
	if (handled)
		printf("; %ld signals, %ld dials interrupted, %ld of them before they began",
		       handled, interrupted + undialled, undialled);
	puts("");
	return reached != 0;
}

static void *dial_all(void *unused)
{
	for (int i = 0; i < count; i++) {
		const int fd = new_socket(AF_INET, SOCK_STREAM, 0);
		tally(fd, connect(fd, &to.any, to.length) < 0 ? errno : 0);
	}
	return unused;
}

/* i386's socketcall() from a program for x86_64; its memory has to lie below 4 GiB. */
static int socketcall(char **unused)
{
#ifdef __x86_64__
	struct low {
		uint32_t words[3];
		struct sockaddr_in to;
	} *low = mmap(NULL, sizeof(*low), PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	(void)unused;
	low->to = to.in;
	for (int i = 0; i < count; i++) {
		const int fd = new_socket(AF_INET, SOCK_STREAM, 0);
		long r = 102;
		low->words[0] = (uint32_t)fd;
		low->words[1] = (uint32_t)(uintptr_t)&low->to;
		low->words[2] = sizeof(low->to);
		__asm__ volatile("int $0x80"
				 : "+a"(r)
				 : "b"(3L), "c"((uintptr_t)low->words)
				 : "memory", "r8", "r9", "r10", "r11");
		tally(fd, -(int)r);
	}
	return summary();
#else
	(void)unused;
	return 77;
#endif
}

/* In a thread with a table of descriptors of its own, where other sockets have the same numbers. */
static void *unshared_thread(void *unused)
{
	must(unshare(CLONE_FILES), "unshare");
	return dial_all(unused);
}

static int unshared(char **unused)
{
	pthread_t thread;
	(void)unused;
	must(-pthread_create(&thread, NULL, unshared_thread, NULL), "pthread_create");
	/* The number that the thread's sockets have is another socket's here; it must not change.
	 */
	const int other = new_socket(AF_INET, SOCK_STREAM, 0);
	pthread_join(thread, NULL);
	printf("range of the other socket: %d; ", get_option(other, IPPROTO_IP, LOCAL_PORT_RANGE));
	return summary();
}

/* One socket dials each port from the first on. */
static int again(char **unused)
{
	const int fd = new_socket(AF_INET, SOCK_STREAM, 0);

	(void)unused;
	for (int i = 0; i < count; i++) {
		to.in.sin_port = htons((uint16_t)(port + i));
		tally(dup(fd), connect(fd, &to.any, to.length) < 0 ? errno : 0);
	}
	return summary();
}

static void on_signal(int number)
{
	handled += number != 0;
}

/* Dials while a timer's signal comes every 100 µs. */
static int signals(char **arguments)
{
	const bool restarts = arguments[0] && strcmp(arguments[0], "restart") == 0;
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = restarts ? SA_RESTART : 0};
	const struct itimerval every = {{0, 100}, {0, 100}}, never = {{0, 0}, {0, 0}};

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
	dial_all(NULL);
	setitimer(ITIMER_REAL, &never, NULL);
	return summary();
}

/* The name of a listener that takes no more connections, so that further dials hang. */
static struct name full_listener(void)
{
	struct name at = loopback(0);
	const int fd = bound_to(&at);
	must(listen(fd, 0), "listen");
	at = own_name(fd);
	for (int i = 0; i < 4; i++)
		connect(new_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), &at.any, at.length);
	return at;
}

/* A dial that hangs is ended by a signal after half a second, by SO_SNDTIMEO, or not at all. */
static int hanging(char **arguments)
{
	const struct itimerval once = {.it_value = {.tv_usec = 500000}};
	const struct sigaction action = {.sa_handler = on_signal};
	const struct name at = full_listener();
	struct timespec before, after;
	const int fd = new_socket(AF_INET, SOCK_STREAM, 0);

	if (strcmp(arguments[0], "alarm") == 0) {
		sigaction(SIGALRM, &action, NULL);
		setitimer(ITIMER_REAL, &once, NULL);
	} else if (strcmp(arguments[0], "timeout") == 0) {
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &once.it_value, sizeof(once.it_value));
	}
	puts("dialling");
	fflush(stdout);
	clock_gettime(CLOCK_MONOTONIC, &before);
	const long r = connect(fd, &at.any, at.length);
	const int error = r < 0 ? errno : 0;
	clock_gettime(CLOCK_MONOTONIC, &after);
	const long ms =
		(after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
	printf("%s after %s\n", error_name(error), ms >= 400 ? "a while" : "no time");
	return 0;
}

/* What a command sees of the process that it was made of. */
static int inside(char **unused)
{
	sigset_t pending;
	int descriptors = -3; /* ".", ".." and the directory's own */
	DIR *directory = opendir("/proc/self/fd");

	(void)unused;
	while (readdir(directory))
		descriptors++;
	sigpending(&pending);
	printf("descriptors=%d", descriptors);
	printf(" wait=%s", error_name(wait(NULL) < 0 ? errno : 0));
	printf(" SIGCHLD=%s\n", sigismember(&pending, SIGCHLD) ? "pending" : "no");
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(char **arguments);
		bool dials;
	} all[] = {{"again", again, true},       {"socketcall", socketcall, true},
		   {"unshared", unshared, true}, {"signals", signals, true},
		   {"hanging", hanging, false},  {"inside", inside, false}};

	for (size_t i = 0; argc > 1 && i < sizeof(all) / sizeof(*all); i++) {
		if (strcmp(argv[1], all[i].name) != 0)
			continue;
		if (!all[i].dials)
			return all[i].run(argv + 2);
		if (argc < 5)
			break;
		port = atoi(argv[3]);
		to = name_of(argv[2], port);
		count = atoi(argv[4]);
		return all[i].run(argv + 5);
	}
	fputs("usage: supervised again|socketcall|unshared|signals ADDRESS PORT COUNT [HOW]\n"
	      "       supervised hanging|inside [HOW]\n",
	      stderr);
	return 2;
}
