/* SPDX-License-Identifier: MIT */
/* Which system calls dial, on each architecture, and the seccomp filter that reports them. Pure. */
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>

/* How a system call names the socket and the destination. */
enum call_kind {
	KIND_OTHER, /* it does not dial */
	KIND_CONNECT,
	KIND_SENDTO,
	KIND_SENDMSG, /* and sendmmsg(), of which only the first message can dial */
	KIND_SOCKETCALL,
};

/* Fills `steps` with the filter, for calls of all known architectures; how many steps there are. */
enum { FILTER_SIZE = 192 };
unsigned short filter_build(struct sock_filter steps[FILTER_SIZE]);

/* What a reported call is; `is_32bit` says whether its pointers and structures are 32-bit ones. */
enum call_kind filter_kind(const struct seccomp_data *call, bool *is_32bit);

/* Whether this was compiled for one of them. */
bool filter_knows_machine(void);
