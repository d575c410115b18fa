/* SPDX-License-Identifier: MIT */
/* Which system calls dial, on each architecture, and the seccomp filter that reports them. Pure. */
#include "filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <stddef.h>
#include <sys/socket.h>

enum {
	X32 = 0x40000000, /* set in the number of an x32 call, whose architecture is x86_64 */
	SOCKETCALL_CONNECT = 3,
	IO_URING_SETUP = 425, /* on every architecture */
	NONE = -1,
};

enum { LOAD = BPF_LD | BPF_W | BPF_ABS, RETURN = BPF_RET | BPF_K };
enum { IF_EQUAL = BPF_JMP | BPF_JEQ | BPF_K, IF_ANY_BIT = BPF_JMP | BPF_JSET | BPF_K };

static const struct arch {
	uint32_t arch, number_bits;
	bool is_32bit;
	int connect, sendto, sendmsg, sendmmsg, socketcall;
} archs[] = {
	{AUDIT_ARCH_X86_64, 0, false, 42, 44, 46, 307, NONE},
	{AUDIT_ARCH_X86_64, X32, true, 42, 44, 518, 538, NONE},
	{AUDIT_ARCH_I386, 0, true, 362, 369, 370, 345, 102},
	{AUDIT_ARCH_AARCH64, 0, false, 203, 206, 211, 269, NONE},
	{AUDIT_ARCH_ARM, 0, true, 283, 290, 296, 374, NONE},
	{AUDIT_ARCH_RISCV64, 0, false, 203, 206, 211, 269, NONE},
	{AUDIT_ARCH_RISCV32, 0, true, 203, 206, 211, 269, NONE},
};
enum { ARCHS = sizeof(archs) / sizeof(*archs) };

struct builder {
	struct sock_filter *steps;
	unsigned short length;
};

static void add(struct builder *b, uint16_t code, uint32_t value)
{
	b->steps[b->length++] = (struct sock_filter){.code = code, .k = value};
}

/* Continues with the next step; skips that many steps if the test fails. */
static void add_test(struct builder *b, uint16_t code, uint32_t value, uint8_t skipped)
{
	b->steps[b->length++] = (struct sock_filter){code, 0, skipped, value};
}

/* Returns `action` for calls with that number. Like the next one, expects the number loaded. */
static void rule(struct builder *b, uint32_t number, uint32_t action)
{
	add_test(b, IF_EQUAL, number, 1);
	add(b, RETURN, action);
}

/* Reports calls with that number if the lower half of the argument passes the test. */
static void rule_if(struct builder *b, uint32_t number, size_t argument, uint16_t test,
		    uint32_t value)
{
	add_test(b, IF_EQUAL, number, 4);
	add(b, LOAD, (uint32_t)(offsetof(struct seccomp_data, args) + argument * 8));
	add_test(b, test, value, 1);
	add(b, RETURN, SECCOMP_RET_USER_NOTIF);
	add(b, RETURN, SECCOMP_RET_ALLOW);
}

/*
 * For all other calls the filter tests only architecture and number. The kernel then detects when
 * the filter is installed that they are always allowed, and does not run it for them.
 */
static void add_arch(struct builder *b, const struct arch *a)
{
	add(b, LOAD, offsetof(struct seccomp_data, arch));
	const unsigned test = b->length;
	add_test(b, IF_EQUAL, a->arch, 0);
	add(b, LOAD, offsetof(struct seccomp_data, nr));
	rule(b, (uint32_t)a->connect | a->number_bits, SECCOMP_RET_USER_NOTIF);
	rule_if(b, (uint32_t)a->sendto | a->number_bits, 3, IF_ANY_BIT, MSG_FASTOPEN);
	rule_if(b, (uint32_t)a->sendmsg | a->number_bits, 2, IF_ANY_BIT, MSG_FASTOPEN);
	rule_if(b, (uint32_t)a->sendmmsg | a->number_bits, 3, IF_ANY_BIT, MSG_FASTOPEN);
	if (a->socketcall != NONE)
		rule_if(b, (uint32_t)a->socketcall, 0, IF_EQUAL, SOCKETCALL_CONNECT);
	/* io_uring would dial without a report. Programs that use it fall back to connect(). */
	rule(b, IO_URING_SETUP | a->number_bits, SECCOMP_RET_ERRNO | EPERM);
	b->steps[test].jf = (uint8_t)(b->length - test - 1);
}

unsigned short filter_build(struct sock_filter steps[FILTER_SIZE])
{
	struct builder b = {steps, 0};

	for (int i = 0; i < ARCHS; i++)
		add_arch(&b, &archs[i]);
	add(&b, RETURN, SECCOMP_RET_ALLOW);
	return b.length;
}

enum call_kind filter_kind(const struct seccomp_data *call, bool *is_32bit)
{
	for (int i = 0; i < ARCHS; i++) {
		const struct arch *a = &archs[i];
		const uint32_t bits = a->arch == AUDIT_ARCH_X86_64 ? call->nr & X32 : 0;
		const int number = call->nr & ~(int)bits;

		if (a->arch != call->arch || a->number_bits != bits)
			continue;
		*is_32bit = a->is_32bit;
		if (number == a->connect)
			return KIND_CONNECT;
		if (number == a->sendto)
			return KIND_SENDTO;
		if (number == a->sendmsg || number == a->sendmmsg)
			return KIND_SENDMSG;
		return number == a->socketcall ? KIND_SOCKETCALL : KIND_OTHER;
	}
	return KIND_OTHER;
}

bool filter_knows_machine(void)
{
#if defined __x86_64__ || defined __i386__ || defined __AARCH64EL__ ||                             \
	(defined __ARM_EABI__ && defined __ARMEL__) || defined __riscv
	return true;
#else
	return false;
#endif
}
