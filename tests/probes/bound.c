/* SPDX-License-Identifier: MIT */
/* Binds a socket; prints whether the kernel has allocated a port and whether getsockname() shows
 * one. bound [-m|-u] ADDRESS PORT    bind=OK taken=no shown=yes     -m MPTCP  -u UDP bound -r
 * ROUNDS    two threads call getsockname() at once, in each round -r exits with 0 if both always
 * saw the same port, 1 if not. */
#include "net.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/syscall.h>

static long rounds;
static int shared = -1;
static _Atomic long started, finished; /* the second thread's rounds */
static _Atomic int ports[2];

static void wait_until(_Atomic long *count, long least)
{
	while (atomic_load(count) < least)
		sched_yield();
}

static void *other(void *nothing)
{
	for (long i = 1; i <= rounds; i++) {
		wait_until(&started, i);
		ports[1] = own_port(shared);
		atomic_store(&finished, i);
	}
	return nothing;
}

static int race(void)
{
	const struct name any = loopback(0);
	pthread_t thread;
	long wrong = 0;

	must(-pthread_create(&thread, NULL, other, NULL), "pthread_create");
	for (long i = 1; i <= rounds; i++) {
		shared = bound_to(&any);
		atomic_store(&started, i);
		/* Wait a little longer each round, so that the threads meet at every step. */
		for (volatile long wait = i % 400; wait > 0; wait--)
			;
		ports[0] = own_port(shared);
		wait_until(&finished, i);
		wrong += ports[0] == 0 || ports[0] != ports[1];
		close(shared);
	}
	pthread_join(thread, NULL);
	printf("%ld pairs of looks, %ld wrong\n", rounds, wrong);
	return wrong != 0;
}

int main(int argc, char **argv)
{
	int type = SOCK_STREAM, protocol = 0, letter;

	while ((letter = getopt(argc, argv, "mur:")) != -1) {
		if (letter == 'm')
			protocol = PROTOCOL_MPTCP;
		if (letter == 'u')
			type = SOCK_DGRAM;
		if (letter == 'r')
			rounds = atol(optarg);
	}
	if (rounds)
		return race();
	if (argc - optind != 2) {
		fprintf(stderr, "usage: bound [-m|-u] ADDRESS PORT | bound -r ROUNDS\n");
		return 2;
	}
	const struct name at = name_of(argv[optind], atoi(argv[optind + 1]));
	struct name seen = {.length = sizeof(seen.in6)};
	int fd = new_socket(at.any.sa_family, type, protocol);
	int error = bind(fd, &at.any, at.length) ? errno : 0;
	must(syscall(SYS_getsockname, fd, &seen.any, &seen.length), "getsockname");
	printf("bind=%s taken=%s shown=%s\n", error_name(error), seen.in.sin_port ? "yes" : "no",
	       own_port(fd) ? "yes" : "no");
	return 0;
}
