/* SPDX-License-Identifier: MIT */
/* A dial during which another thread replaces the socket by a listener on the destination. */
#include "fuzz.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

struct replacement {
	int fd, watched, listener;
	pthread_t dialler;
	atomic_bool over;
};

/* Waits until the dial is in progress, replaces its socket and interrupts it. */
static void *replace(void *argument)
{
	struct replacement *r = argument;
	struct tcp_info info = {0};
	socklen_t length = sizeof(info);

	/* The state alone is set too early: the dial may still find no port. */
	while (!(info.tcpi_state == TCP_SYN_SENT && info.tcpi_unacked) && !r->over)
		must(getsockopt(r->watched, IPPROTO_TCP, TCP_INFO, &info, &length), "TCP_INFO");
	if (!r->over) {
		must(dup2(r->listener, r->fd), "dup2");
		pthread_kill(r->dialler, SIGUSR1);
	}
	return NULL;
}

static void interrupt(int signal)
{
	(void)signal;
}

long replaced_dial(enum way way, int fd, const struct sockaddr *to, socklen_t length)
{
	struct replacement r = {fd, dup(fd), new_socket(to->sa_family, SOCK_STREAM, 0),
				pthread_self(), false};
	const struct sigaction action = {.sa_handler = interrupt};
	pthread_t thread;

	sigaction(SIGUSR1, &action, NULL);
	set_option(r.listener, IPPROTO_IP, IP_FREEBIND, 1);
	must(bind(r.listener, to, length), "bind");
	must(listen(r.listener, 1), "listen");
	must(-pthread_create(&thread, NULL, replace, &r), "pthread_create");
	errno = UNTOUCHED;
	const long result = call_perform(way, CONNECT, fd, to, length, 0, NULL, 0);
	const int error = errno;
	r.over = true;
	pthread_join(thread, NULL);
	close(r.watched);
	close(r.listener);
	errno = error;
	return result;
}
