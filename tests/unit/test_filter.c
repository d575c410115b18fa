/* SPDX-License-Identifier: MIT */
/* The seccomp filters of all architectures, run by an interpreter against a table of calls. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "supervisor/filter.h"
#include "unit.h"

static bool looked_at_arguments;

/* Runs a filter as the kernel does; 0, which no filter returns, if it is not valid. */
static uint32_t interpret(const struct sock_filter *steps, unsigned length,
			  const struct seccomp_data *call)
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

/* A call is reported always, with MSG_FASTOPEN in an argument, or as connect() in socketcall(). */
enum when { ALWAYS, FLAG_2, FLAG_3, SOCKETCALL_3, REFUSED };

/* As the kernel's tables have them. */
static const struct row {
	uint32_t arch, number;
	enum when when;
	enum call_kind kind;
	bool is_32bit;
} rows[] = {
	{AUDIT_ARCH_X86_64, 42, ALWAYS, KIND_CONNECT, false},
	{AUDIT_ARCH_X86_64, 44, FLAG_3, KIND_SENDTO, false},
	{AUDIT_ARCH_X86_64, 46, FLAG_2, KIND_SENDMSG, false},
	{AUDIT_ARCH_X86_64, 307, FLAG_3, KIND_SENDMSG, false},
	{AUDIT_ARCH_X86_64, 425, REFUSED, KIND_OTHER, false},
	{AUDIT_ARCH_X86_64, 0x4000002a, ALWAYS, KIND_CONNECT, true},
	{AUDIT_ARCH_X86_64, 0x4000002c, FLAG_3, KIND_SENDTO, true},
	{AUDIT_ARCH_X86_64, 0x40000206, FLAG_2, KIND_SENDMSG, true},
	{AUDIT_ARCH_X86_64, 0x4000021a, FLAG_3, KIND_SENDMSG, true},
	{AUDIT_ARCH_X86_64, 0x400001a9, REFUSED, KIND_OTHER, true},
	{AUDIT_ARCH_I386, 362, ALWAYS, KIND_CONNECT, true},
	{AUDIT_ARCH_I386, 102, SOCKETCALL_3, KIND_SOCKETCALL, true},
	{AUDIT_ARCH_I386, 369, FLAG_3, KIND_SENDTO, true},
	{AUDIT_ARCH_I386, 370, FLAG_2, KIND_SENDMSG, true},
	{AUDIT_ARCH_I386, 345, FLAG_3, KIND_SENDMSG, true},
	{AUDIT_ARCH_I386, 425, REFUSED, KIND_OTHER, true},
	{AUDIT_ARCH_AARCH64, 203, ALWAYS, KIND_CONNECT, false},
	{AUDIT_ARCH_AARCH64, 206, FLAG_3, KIND_SENDTO, false},
	{AUDIT_ARCH_AARCH64, 211, FLAG_2, KIND_SENDMSG, false},
	{AUDIT_ARCH_AARCH64, 269, FLAG_3, KIND_SENDMSG, false},
	{AUDIT_ARCH_AARCH64, 425, REFUSED, KIND_OTHER, false},
	{AUDIT_ARCH_ARM, 283, ALWAYS, KIND_CONNECT, true},
	{AUDIT_ARCH_ARM, 290, FLAG_3, KIND_SENDTO, true},
	{AUDIT_ARCH_ARM, 296, FLAG_2, KIND_SENDMSG, true},
	{AUDIT_ARCH_ARM, 374, FLAG_3, KIND_SENDMSG, true},
	{AUDIT_ARCH_ARM, 425, REFUSED, KIND_OTHER, true},
	{AUDIT_ARCH_RISCV64, 203, ALWAYS, KIND_CONNECT, false},
	{AUDIT_ARCH_RISCV64, 206, FLAG_3, KIND_SENDTO, false},
	{AUDIT_ARCH_RISCV64, 211, FLAG_2, KIND_SENDMSG, false},
	{AUDIT_ARCH_RISCV64, 269, FLAG_3, KIND_SENDMSG, false},
	{AUDIT_ARCH_RISCV64, 425, REFUSED, KIND_OTHER, false},
	{AUDIT_ARCH_RISCV32, 203, ALWAYS, KIND_CONNECT, true},
	{AUDIT_ARCH_RISCV32, 206, FLAG_3, KIND_SENDTO, true},
	{AUDIT_ARCH_RISCV32, 211, FLAG_2, KIND_SENDMSG, true},
	{AUDIT_ARCH_RISCV32, 269, FLAG_3, KIND_SENDMSG, true},
	{AUDIT_ARCH_RISCV32, 425, REFUSED, KIND_OTHER, true},
};
enum { ROWS = sizeof(rows) / sizeof(*rows) };

static struct sock_filter steps[FILTER_SIZE];
static unsigned length;

/* The filter's result for that call with one argument set and all bits of the others. */
static uint32_t says(const struct row *row, int argument, uint64_t value)
{
	struct seccomp_data call = {.nr = (int)row->number, .arch = row->arch};
	memset(call.args, 0xff, sizeof(call.args));
	call.args[argument] = value;
	return interpret(steps, length, &call);
}

static void check_row(const struct row *row)
{
	const struct seccomp_data call = {.nr = (int)row->number, .arch = row->arch};
	const int argument = row->when == FLAG_2 ? 2 : row->when == FLAG_3 ? 3 : 0;
	bool is_32bit = !row->is_32bit;

	CHECK(filter_kind(&call, &is_32bit) == row->kind);
	CHECK(is_32bit == row->is_32bit);
	switch (row->when) {
	case ALWAYS:
		CHECK(says(row, 0, 0) == SECCOMP_RET_USER_NOTIF);
		break;
	case REFUSED:
		CHECK(says(row, 0, 0) == (SECCOMP_RET_ERRNO | EPERM));
		break;
	case SOCKETCALL_3:
		CHECK(says(row, 0, 3) == SECCOMP_RET_USER_NOTIF);
		for (uint64_t other = 0; other < 32; other++)
			if (other != 3)
				CHECK(says(row, 0, other) == SECCOMP_RET_ALLOW);
		break;
	default:
		CHECK(MSG_FASTOPEN == 0x20000000);
		CHECK(says(row, argument, MSG_FASTOPEN) == SECCOMP_RET_USER_NOTIF);
		CHECK(says(row, argument, MSG_FASTOPEN | MSG_NOSIGNAL) == SECCOMP_RET_USER_NOTIF);
		CHECK(says(row, argument, 0) == SECCOMP_RET_ALLOW);
		/* The kernel takes the flags as 32 bits. */
		CHECK(says(row, argument, 0xffffffffdfffffff) == SECCOMP_RET_ALLOW);
	}
}

static const struct row *row_of(uint32_t arch, uint32_t number)
{
	for (int i = 0; i < ROWS; i++)
		if (rows[i].arch == arch && rows[i].number == number)
			return &rows[i];
	return NULL;
}

/* Calls that are not in the table are allowed by number alone: the kernel then skips the filter. */
static void check_others(uint32_t arch, uint32_t bits)
{
	for (uint32_t number = bits; number < bits + 1200; number++) {
		const struct row other = {.arch = arch, .number = number};
		const struct seccomp_data call = {.nr = (int)number, .arch = arch};
		bool is_32bit;
		if (row_of(arch, number))
			continue;
		CHECK(says(&other, 0, 3) == SECCOMP_RET_ALLOW && !looked_at_arguments);
		CHECK(filter_kind(&call, &is_32bit) == KIND_OTHER);
	}
}

/* The kernel accepts the filter. */
static bool kernel_takes_it(void)
{
	int status;
	const pid_t child = fork();

	if (child == 0) {
		const struct sock_fprog program = {(unsigned short)length, steps};
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		_exit(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0);
	}
	return waitpid(child, &status, 0) == child && status == 0;
}

int main(void)
{
	length = filter_build(steps);
	CHECK(length > 0 && length <= FILTER_SIZE);
	CHECK(filter_knows_machine());
	CHECK(kernel_takes_it());
	for (int i = 0; i < ROWS; i++)
		check_row(&rows[i]);
	for (int i = 0; i < ROWS; i++)
		if (rows[i].when == ALWAYS)
			check_others(rows[i].arch, rows[i].number & 0x40000000);
	/* An architecture that is not known. */
	check_others(AUDIT_ARCH_S390X, 0);
	return verdict_of_unit();
}
