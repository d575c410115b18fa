/* SPDX-License-Identifier: MIT */
/* The seccomp filters of all architectures, run by an interpreter against a table of calls. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/socket.h>

#include "supervisor/filter.h"
#include "unit.h"

static struct sock_filter steps[FILTER_SIZE];
static unsigned length;
static bool looked_at_arguments;

/* Runs the filter as the kernel does; 0, which it never returns, if it is not valid. */
static uint32_t interpret(const struct seccomp_data *call)
{
	uint32_t accumulator = 0;

	looked_at_arguments = false;
	for (unsigned at = 0; at < length; at++) {
		const struct sock_filter *step = &steps[at];
		switch (step->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (step->k % 4 || step->k >= sizeof(*call))
				return 0;
			memcpy(&accumulator, (const char *)call + step->k, 4);
			looked_at_arguments |= step->k >= offsetof(struct seccomp_data, args);
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			at += accumulator == step->k ? step->jt : step->jf;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			at += accumulator & step->k ? step->jt : step->jf;
			break;
		case BPF_RET | BPF_K:
			return step->k;
		default:
			return 0;
		}
	}
	return 0;
}

/* The calls that the filter knows; the last stands for all others. */
enum { CONNECT, SENDTO, SENDMSG, SENDMMSG, SOCKETCALL, IO_URING, OTHER };
static const enum call_kind kinds[] = {KIND_CONNECT,    KIND_SENDTO, KIND_SENDMSG, KIND_SENDMSG,
				       KIND_SOCKETCALL, KIND_OTHER,  KIND_OTHER};

/* Their numbers, as the kernel's tables have them. */
static const struct row {
	uint32_t arch, bits;
	bool is_32bit;
	int numbers[OTHER];
} rows[] = {
	{AUDIT_ARCH_X86_64, 0, false, {42, 44, 46, 307, -1, 425}},
	{AUDIT_ARCH_X86_64, 0x40000000, true, {42, 44, 518, 538, -1, 425}},
	{AUDIT_ARCH_I386, 0, true, {362, 369, 370, 345, 102, 425}},
	{AUDIT_ARCH_AARCH64, 0, false, {203, 206, 211, 269, -1, 425}},
	{AUDIT_ARCH_ARM, 0, true, {283, 290, 296, 374, -1, 425}},
	{AUDIT_ARCH_RISCV64, 0, false, {203, 206, 211, 269, -1, 425}},
	{AUDIT_ARCH_RISCV32, 0, true, {203, 206, 211, 269, -1, 425}},
	/* An architecture that is not known. */
	{AUDIT_ARCH_S390X, 0, false, {-1, -1, -1, -1, -1, -1}},
};

/* The filter's result with this argument, and all bits set in the others. */
static uint32_t says(struct seccomp_data call, int argument, uint64_t value)
{
	memset(call.args, 0xff, sizeof(call.args));
	call.args[argument] = value;
	return interpret(&call);
}

static void check_call(const struct row *row, int number)
{
	const struct seccomp_data call = {.nr = number | (int)row->bits, .arch = row->arch};
	bool is_32bit = !row->is_32bit;
	int which = 0;

	while (which < OTHER && row->numbers[which] != number)
		which++;
	CHECK(filter_kind(&call, &is_32bit) == kinds[which]);
	CHECK(which == OTHER || is_32bit == row->is_32bit);
	const int flags = which == SENDMSG ? 2 : 3; /* the argument that has them */
	switch (which) {
	case CONNECT:
		CHECK(says(call, 0, 0) == SECCOMP_RET_USER_NOTIF);
		break;
	case IO_URING:
		CHECK(says(call, 0, 0) == (SECCOMP_RET_ERRNO | EPERM));
		break;
	case SOCKETCALL:
		for (uint64_t i = 0; i < 32; i++)
			CHECK(says(call, 0, i) ==
			      (i == 3 ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ALLOW));
		break;
	case OTHER:
		/* Allowed by the number alone: the kernel then skips the filter. */
		CHECK(says(call, 0, 3) == SECCOMP_RET_ALLOW && !looked_at_arguments);
		break;
	default:
		CHECK(says(call, flags, 0x20000000) == SECCOMP_RET_USER_NOTIF);
		CHECK(says(call, flags, 0x20000000 | MSG_NOSIGNAL) == SECCOMP_RET_USER_NOTIF);
		/* Also if they look like the number of a call. */
		for (uint64_t i = 0; i < 1200; i++)
			CHECK(says(call, flags, i) == SECCOMP_RET_ALLOW);
		/* The kernel takes the flags as 32 bits. */
		CHECK(says(call, flags, 0xffffffffdfffffff) == SECCOMP_RET_ALLOW);
	}
}

int main(void)
{
	length = filter_build(steps);
	CHECK(length > 0 && length <= FILTER_SIZE);
	CHECK(filter_knows_machine());
	for (unsigned i = 0; i < COUNT(rows); i++)
		for (int number = 0; number < 1200; number++)
			check_call(&rows[i], number);
	return verdict_of_unit();
}
