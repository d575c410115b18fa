/* SPDX-License-Identifier: MIT */
/* Which system calls dial, on each architecture, and the seccomp filter that reports them. Pure. */
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>

/* Where the arguments of a system call have the socket and the destination. */
enum call_kind {
	KIND_OTHER, /* it does not dial */
	KIND_CONNECT,
	KIND_SENDTO,
	KIND_SENDMSG, /* and sendmmsg(), of which only the first message can dial */
	KIND_SOCKETCALL,
};

/* Fills `steps` with the filter for the calls of all known architectures; returns its length. */
enum { FILTER_SIZE = 192 };
unsigned short filter_build(struct sock_filter steps[FILTER_SIZE]);

/* The kind of a reported call; `is_32bit` says whether its pointers and structures are 32-bit. */
enum call_kind filter_kind(const struct seccomp_data *call, bool *is_32bit);

/* Whether this program was compiled for a known architecture. */
bool filter_knows_machine(void);
