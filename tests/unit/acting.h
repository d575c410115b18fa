/* SPDX-License-Identifier: MIT */
/* What the tests of the parts that ask the kernel share: sockets, threads, calls refused. */
#pragma once

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/tcpsock.h"
#include "unit.h"

static const struct sockaddr_in loopback = {.sin_family = AF_INET, .sin_addr = {0x0100007f}};
#define LOOPBACK ((const struct sockaddr *)&loopback), sizeof(loopback)

static inline void in_a_thread(void *(*run)(void *), void *argument)
{
	pthread_t thread;
	CHECK(pthread_create(&thread, NULL, run, argument) == 0);
	pthread_join(thread, NULL);
}

/* In this thread alone the system call fails with EPERM from now on. */
static inline void refuse(unsigned call)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0), /* the call's number */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {sizeof(filter) / sizeof(*filter), filter};
	CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

static inline int tcp_socket(void)
{
	return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

/* A socket as bind() of port 0 leaves it: an address, no port, and the hint off. */
static inline int put_off(struct endpoint *local)
{
	const int fd = tcp_socket();
	CHECK(bind(fd, LOOPBACK) == 0);
	CHECK(tcpsock_local(fd, local) == 0 && tcpsock_port_is_deferred(fd, local));
	return fd;
}
