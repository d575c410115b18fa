/* SPDX-License-Identifier: MIT */
/* The kernel's interface to a seccomp supervisor, for C libraries and headers older than it. */
#pragma once

#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "core/raw_syscall.h"

/* seccomp(2): linux/seccomp.h. */
enum {
	SECCOMP_SET_FILTER = 1,
	SECCOMP_ACTION_AVAILABLE = 2,
};
enum {
	FILTER_SPEC_ALLOW = 1 << 2,
	FILTER_NEW_LISTENER = 1 << 3,
	FILTER_WAIT_KILLABLE = 1 << 5, /* Linux 5.19 */
};
#define ACTION_ALLOW 0x7fff0000U
#define ACTION_NOTIFY 0x7fc00000U
#define ACTION_ERRNO 0x00050000U

/* What a filter looks at, and what a notification brings along. */
struct seccomp_call {
	int32_t number;
	uint32_t arch;
	uint64_t instruction_pointer;
	uint64_t arguments[6];
};

struct seccomp_notification {
	uint64_t id;
	uint32_t tid; /* 0 where it cannot be seen from here */
	uint32_t flags;
	struct seccomp_call call;
};

/* The system call goes on in the kernel, as if there had been no filter. */
enum { ANSWER_CONTINUE = 1 };

struct seccomp_answer {
	uint64_t id;
	int64_t value;
	int32_t error; /* negative */
	uint32_t flags;
};

#define NOTIFY_RECEIVE _IOWR('!', 0, struct seccomp_notification)
#define NOTIFY_SEND _IOWR('!', 1, struct seccomp_answer)
#define NOTIFY_ID_VALID _IOW('!', 2, uint64_t)
#define NOTIFY_SET_FLAGS _IOW('!', 4, uint64_t) /* Linux 6.6 */
#define NOTIFY_SYNC_WAKE_UP 1L

/* One of these requests to a listener; 0 or a negative errno. */
static inline long notify(int listener, unsigned long request, const void *argument)
{
	return raw_syscall(SYS_ioctl, listener, (long)request, (long)argument, 0, 0);
}

/* One step of a classic BPF program, and the program: linux/filter.h. */
struct bpf_step {
	uint16_t code;
	uint8_t if_true, if_false; /* how many steps are skipped */
	uint32_t value;
};

struct bpf_program {
	uint16_t length;
	struct bpf_step *steps;
};

enum {
	BPF_LOAD = 0x20,       /* the word at that offset of struct seccomp_call */
	BPF_IF_EQUAL = 0x15,   /* with `value` */
	BPF_IF_ANY_BIT = 0x45, /* of `value` is set */
	BPF_RETURN = 0x06,
};

/* The architectures of system calls: linux/audit.h. */
#define ARCH_I386 0x40000003U
#define ARCH_X86_64 0xc000003eU
#define ARCH_ARM 0x40000028U
#define ARCH_AARCH64 0xc00000b7U
#define ARCH_RISCV32 0x400000f3U
#define ARCH_RISCV64 0xc00000f3U

/* System calls with the same number on every architecture. */
enum {
	CALL_PIDFD_OPEN = 434,  /* Linux 5.3 */
	CALL_PIDFD_GETFD = 438, /* Linux 5.6 */
};
