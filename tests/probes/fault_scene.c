/* SPDX-License-Identifier: MIT */
/* Makes the calls of one scene between two getppid(), the marks by which a tracer finds them, and
 * has an untraced child look at the same socket and say on one line what has become of it. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char usage[] =
	"usage: fault_scene [-n] [-m] [-s] [-L] [-B] [-b PORT] [-l LOW -h HIGH] [-x CALL]... PORT\n"
	"dials 127.0.0.1:PORT.  -n non-blocking  -m MPTCP  -s sendto with MSG_FASTOPEN\n"
	"-L a listener is there  -B bind() and getsockname() instead of a dial  -b bind first\n"
	"-l, -h IP_LOCAL_PORT_RANGE first  -x CALL fails with EPERM, by a seccomp filter\n";

enum { PROTOCOL_MPTCP = 262, LOCAL_PORT_RANGE = 51, ELSEWHERE = 40000, UNTOUCHED = ENOTUNIQ };

/* What the dialling process leaves for the one that looks, which shares this memory. */
struct report {
	bool done;
	int error; /* of the last call, 0 for none */
	int after; /* errno after it */
	int port;  /* as getsockname() in the scene showed it */
};

static const struct {
	const char *name;
	int number;
} calls[] = {
	{"bind", SYS_bind},
	{"clock_gettime", SYS_clock_gettime},
	{"getpeername", SYS_getpeername},
	{"getpid", SYS_getpid},
	{"getsockname", SYS_getsockname},
	{"getsockopt", SYS_getsockopt},
	{"openat", SYS_openat},
	{"ppoll", SYS_ppoll},
	{"prctl", SYS_prctl},
	{"rt_sigpending", SYS_rt_sigpending},
	{"rt_sigprocmask", SYS_rt_sigprocmask},
	{"setsockopt", SYS_setsockopt},
	{"statx", SYS_statx},
	{"write", SYS_write},
};

static int must(int r, const char *what)
{
	if (r < 0) {
		perror(what);
		exit(3);
	}
	return r;
}

static struct sockaddr_in loopback(int port)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
				    .sin_port = htons((uint16_t)port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void serve(int port)
{
	const struct sockaddr_in at = loopback(port);
	int fd = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
	must(bind(fd, (const struct sockaddr *)&at, sizeof(at)), "bind listener");
	must(listen(fd, 5), "listen");
}

/* From here on the call gives EPERM; those that were forbidden before still do. */
static void forbid(const char *name)
{
	unsigned i = 0;
	while (i < sizeof(calls) / sizeof(*calls) && strcmp(calls[i].name, name))
		i++;
	if (i == sizeof(calls) / sizeof(*calls)) {
		fprintf(stderr, "fault_scene: -x %s: not a call that is known here\n", name);
		exit(2);
	}
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)calls[i].number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(filter) / sizeof(*filter), filter};
	must((int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program), "seccomp");
}

static void note(struct report *report, long result)
{
	report->after = errno;
	report->error = result < 0 ? errno : 0;
}

static void act(int fd, bool binds, bool sends, int port, struct report *report)
{
	const struct sockaddr_in to = loopback(port);
	struct sockaddr_in any = loopback(0);
	socklen_t length = sizeof(any);

	errno = UNTOUCHED;
	if (sends) {
		note(report,
		     sendto(fd, "ping", 4, MSG_FASTOPEN, (const struct sockaddr *)&to, sizeof(to)));
	} else if (!binds) {
		note(report, connect(fd, (const struct sockaddr *)&to, sizeof(to)));
	} else {
		note(report, bind(fd, (const struct sockaddr *)&any, sizeof(any)));
		if (!report->error)
			note(report, getsockname(fd, (struct sockaddr *)&any, &length));
		report->port = ntohs(any.sin_port);
	}
}

static const char *state_of(int fd)
{
	static const char *const names[] = {"?",         "ESTABLISHED", "SYN_SENT",  "SYN_RECV",
					    "FIN_WAIT1", "FIN_WAIT2",   "TIME_WAIT", "CLOSE"};
	struct tcp_info info = {0};
	socklen_t length = sizeof(info);
	must(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length), "TCP_INFO");
	return names[info.tcpi_state & 7];
}

static bool is_self(int fd)
{
	struct sockaddr_storage a = {0}, b = {0};
	socklen_t alen = sizeof(a), blen = sizeof(b);
	return getsockname(fd, (struct sockaddr *)&a, &alen) == 0 &&
	       getpeername(fd, (struct sockaddr *)&b, &blen) == 0 && alen == blen &&
	       memcmp(&a, &b, alen) == 0;
}

/* Whether getsockname(), asked again, names a port. */
static bool shows_port(int fd)
{
	struct sockaddr_in at = {0};
	socklen_t length = sizeof(at);
	must(getsockname(fd, (struct sockaddr *)&at, &length), "getsockname");
	return at.sin_port != 0;
}

static int option(int fd, int level, int name)
{
	int value = 0;
	socklen_t length = sizeof(value);
	must(getsockopt(fd, level, name, &value, &length), "getsockopt");
	return value;
}

/* Whether the socket, which is not connected, can still be connected to where somebody listens. */
static const char *dial_again(int fd)
{
	const struct sockaddr_in to = loopback(ELSEWHERE);
	struct pollfd one = {.fd = fd, .events = POLLOUT};

	int r = connect(fd, (const struct sockaddr *)&to, sizeof(to));
	/* The kernel's way after a refused non-blocking dial: once so, shim or no shim. */
	if (r < 0 && errno == ECONNABORTED)
		r = connect(fd, (const struct sockaddr *)&to, sizeof(to));
	if (r < 0 && errno != EINPROGRESS)
		return strerrorname_np(errno);
	if (poll(&one, 1, 2000) != 1)
		return "ETIMEDOUT";
	const int error = option(fd, SOL_SOCKET, SO_ERROR);
	return error ? strerrorname_np(error) : "OK";
}

/* What this process sees is not what the tracer makes the other one see. */
static int look(int fd, bool binds, pid_t dialler, const volatile struct report *report)
{
	const struct timespec moment = {.tv_nsec = 200000};

	while (!report->done) {
		if (getppid() != dialler) {
			puts("died");
			return 1;
		}
		nanosleep(&moment, NULL);
	}
	printf("returned=%s", report->error ? strerrorname_np(report->error) : "OK");
	if (!report->error && report->after != UNTOUCHED)
		printf(" errno_changed=%s", strerrorname_np(report->after));
	const int error = option(fd, SOL_SOCKET, SO_ERROR);
	const char *state = state_of(fd);
	const unsigned range = (unsigned)option(fd, IPPROTO_IP, LOCAL_PORT_RANGE);
	printf(" state=%s self=%s so_error=%s range=%u-%u hint=%d nonblocking=%s", state,
	       is_self(fd) ? "yes" : "no", error ? strerrorname_np(error) : "OK", range & 0xffff,
	       range >> 16, option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT),
	       fcntl(fd, F_GETFL) & O_NONBLOCK ? "yes" : "no");
	if (binds && !report->error)
		printf(" port=%s", report->port ? "yes" : shows_port(fd) ? "later" : "never");
	if (!strcmp(state, "CLOSE"))
		printf(" again=%s", dial_again(fd));
	putchar('\n');
	return 0;
}

int main(int argc, char **argv)
{
	bool nonblocking = false, mptcp = false, sends = false, listens = false, binds = false;
	const char *forbidden[sizeof(calls) / sizeof(*calls)];
	int bind_port = -1, low = 0, high = 0, forbidden_count = 0, letter, status;

	while ((letter = getopt(argc, argv, "nmsLBb:l:h:x:")) != -1) {
		nonblocking |= letter == 'n';
		mptcp |= letter == 'm';
		sends |= letter == 's';
		listens |= letter == 'L';
		binds |= letter == 'B';
		if (letter == 'b')
			bind_port = atoi(optarg);
		if (letter == 'l')
			low = atoi(optarg);
		if (letter == 'h')
			high = atoi(optarg);
		if (letter == 'x' && forbidden_count < (int)(sizeof(calls) / sizeof(*calls)))
			forbidden[forbidden_count++] = optarg;
		if (letter == '?')
			break;
	}
	if (letter == '?' || argc - optind != 1) {
		fputs(usage, stderr);
		return 2;
	}
	const int port = atoi(argv[optind]);
	struct report *report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int fd = must(socket(AF_INET, SOCK_STREAM | (nonblocking ? SOCK_NONBLOCK : 0),
			     mptcp ? PROTOCOL_MPTCP : 0),
		      "socket");
	const unsigned range = (unsigned)low | (unsigned)high << 16;
	if (range)
		must(setsockopt(fd, IPPROTO_IP, LOCAL_PORT_RANGE, &range, sizeof(range)), "range");
	if (listens)
		serve(port);
	serve(ELSEWHERE);
	const struct sockaddr_in from = loopback(bind_port);
	if (bind_port >= 0)
		must(bind(fd, (const struct sockaddr *)&from, sizeof(from)), "bind");

	const pid_t self = getpid(), child = must(fork(), "fork");
	if (child == 0)
		return look(fd, binds, self, report);
	if (forbidden_count)
		must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl");
	while (forbidden_count)
		forbid(forbidden[--forbidden_count]);
	syscall(SYS_getppid);
	act(fd, binds, sends, port, report);
	syscall(SYS_getppid);
	__atomic_store_n(&report->done, true, __ATOMIC_RELEASE);
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}
