/* SPDX-License-Identifier: MIT */
/* A system call by the machine's instruction, which no other library can intercept. */
#pragma once

/*
 * SYSCALL(number, argument...): calls the kernel, with at most five arguments. Returns what the
 * kernel returned: a negative errno on failure. Does not change errno.
 *
 * It does not use libc's syscall(), because other preloaded libraries replace that too: torsocks
 * refuses most calls there and crashes in some.
 */
#define SYSCALL(...) SYSCALL_PADDED(__VA_ARGS__, 0, 0, 0, 0, 0, 0)
/* Casts each argument to a whole register; those that the call does not take are 0. */
#define SYSCALL_PADDED(number, a, b, c, d, e, ...)                                                 \
	raw_syscall(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))

/*
 * A declaration only, where the analyzer would take what the kernel writes for uninitialized, and
 * where a test models the kernel.
 */
#if defined __clang_analyzer__ || defined RAW_SYSCALL_ELSEWHERE

long raw_syscall(long number, long a, long b, long c, long d, long e);

#elif defined __x86_64__ && defined __LP64__

static inline long raw_syscall(long number, long a, long b, long c, long d, long e)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	__asm__ volatile("syscall"
			 : "+a"(number)
			 : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	return number;
}

#elif defined __i386__

static inline long raw_syscall(long number, long a, long b, long c, long d, long e)
{
	__asm__ volatile("int $0x80"
			 : "+a"(number)
			 : "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
			 : "memory");
	return number;
}

#elif defined __aarch64__

static inline long raw_syscall(long number, long a, long b, long c, long d, long e)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4)
			 : "memory");
	return x0;
}

#elif defined __arm__ && defined __ARM_EABI__

static inline long raw_syscall(long number, long a, long b, long c, long d, long e)
{
	register long r0 __asm__("r0") = a;
	register long r1 __asm__("r1") = b;
	register long r2 __asm__("r2") = c;
	register long r3 __asm__("r3") = d;
	register long r4 __asm__("r4") = e;
	/* The number goes into r7, which may be the frame pointer, so ip saves it. */
	__asm__ volatile("mov ip, r7\n\tmov r7, %1\n\tsvc 0\n\tmov r7, ip"
			 : "+r"(r0)
			 : "r"(number), "r"(r1), "r"(r2), "r"(r3), "r"(r4)
			 : "ip", "memory");
	return r0;
}

#elif defined __riscv && __riscv_xlen == 64

static inline long raw_syscall(long number, long a, long b, long c, long d, long e)
{
	register long a7 __asm__("a7") = number;
	register long a0 __asm__("a0") = a;
	register long a1 __asm__("a1") = b;
	register long a2 __asm__("a2") = c;
	register long a3 __asm__("a3") = d;
	register long a4 __asm__("a4") = e;
	__asm__ volatile("ecall"
			 : "+r"(a0)
			 : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4)
			 : "memory");
	return a0;
}

#else /* Other machines: untested, by libc. */

#include <errno.h>
#include <unistd.h>

static inline long raw_syscall(long number, long a, long b, long c, long d, long e)
{
	const int errno_before = errno;
	const long r = syscall(number, a, b, c, d, e);
	const long result = r == -1 ? -errno : r;
	errno = errno_before;
	return result;
}

#endif
