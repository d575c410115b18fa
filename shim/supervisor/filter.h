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

/*
 * Fills `steps` with the filter for a machine whose own architecture is `native`, programs of its
 * compatible architectures included. Returns how many there are; 0 where it is not known.
 */
enum { FILTER_SIZE = 128 };
unsigned filter_build(uint32_t native, struct sock_filter steps[FILTER_SIZE]);

/* What a reported call is; `is_32bit` says whether its pointers and structures are 32-bit ones. */
enum call_kind filter_kind(const struct seccomp_data *call, bool *is_32bit);

/* The architecture that this file was compiled for; 0 where it is none of these. */
uint32_t filter_native(void);
