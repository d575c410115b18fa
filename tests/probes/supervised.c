/* SPDX-License-Identifier: MIT */
/* What only matters under a supervisor: odd ways to dial, signals while a dial waits, what a
 * command sees of its processes, and processes in which the supervisor cannot be installed as
 * usual. */
#include "net.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

static int count, port;
static struct name to;
static long refused, reached, interrupted;

static void tally(int fd, long error)
{
	if (error == 0 && is_self(fd))
		reached++;
	else if (error == ECONNREFUSED)
		refused++;
	else if (error == EINTR)
		interrupted++;
	else
		exit((errno = (int)error, perror("dial"), 2));
	close_reset(fd);
}

static int summary(void)
{
	printf("%ld refused, %ld reached themselves, %ld interrupted\n", refused, reached,
	       interrupted);
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

static void on_signal(int number)
{
	(void)number;
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

/* A dial that gets no answer is ended by alarm(), or by SO_SNDTIMEO. */
static int hanging(char **arguments)
{
	const struct timeval half = {.tv_usec = 500000};
	struct sigaction action = {.sa_handler = on_signal};
	struct timeval before, after;
	const int fd = new_socket(AF_INET, SOCK_STREAM, 0);

	if (strcmp(arguments[0], "alarm") == 0) {
		sigaction(SIGALRM, &action, NULL);
		setitimer(ITIMER_REAL, &(struct itimerval){.it_value = half}, NULL);
	} else if (strcmp(arguments[0], "timeout") == 0) {
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &half, sizeof(half));
	}
	gettimeofday(&before, NULL);
	const long r = connect(fd, &to.any, to.length);
	const int error = r < 0 ? errno : 0;
	gettimeofday(&after, NULL);
	const double took = (double)(after.tv_sec - before.tv_sec) +
			    (double)(after.tv_usec - before.tv_usec) / 1e6;
	printf("%s %s\n", error_name(error), took > 0.4 && took < 1.5 ? "in time" : "not in time");
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

/* Becomes a process that takes in orphans, then runs a command. */
static int subreaper(char **command)
{
	must(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "PR_SET_CHILD_SUBREAPER");
	return execvp(command[0], command);
}

static long install(struct sock_filter *filter, unsigned short length, unsigned flags)
{
	const struct sock_fprog program = {length, filter};
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

/* Has a listener of its own, as a sandbox does, then runs a command. */
static int listener(char **command)
{
	struct sock_filter filter[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
	const long fd = install(filter, 1, SECCOMP_FILTER_FLAG_NEW_LISTENER);
	must(fd, "seccomp");
	must(fcntl((int)fd, F_SETFD, 0), "fcntl");
	return execvp(command[0], command);
}

/* A system call fails with that errno if the argument's bits are set; then runs a command. */
static int forbid(char **arguments)
{
	const unsigned call = (unsigned)atoi(arguments[0]), argument = (unsigned)atoi(arguments[1]);
	const unsigned bits = (unsigned)strtoul(arguments[2], NULL, 0);
	const unsigned error = (unsigned)atoi(arguments[3]);
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[argument])),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, bits),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, bits, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	must(install(filter, sizeof(filter) / sizeof(*filter), 0), "seccomp");
	return execvp(arguments[4], arguments + 4);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(char **arguments);
		bool dials;
	} all[] = {{"socketcall", socketcall, true}, {"unshared", unshared, true},
		   {"signals", signals, true},       {"hanging", hanging, true},
		   {"inside", inside, false},        {"subreaper", subreaper, false},
		   {"listener", listener, false},    {"forbid", forbid, false}};

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
	fputs("usage: supervised socketcall|unshared|signals|hanging ADDRESS PORT COUNT [HOW]\n"
	      "       supervised inside|subreaper|listener|forbid [ARGUMENT...]\n",
	      stderr);
	return 2;
}
