/* SPDX-License-Identifier: MIT */
/* A system call by the machine's own instruction, before which no other library can stand. */
#pragma once

/*
 * Calls the kernel; pointers are given as long, what a call does not take as 0. Returns what the
 * kernel returned: a negative errno where it failed. errno is not touched.
 *
 * libc's syscall() would not do: it is a function that others interpose like any other, and
 * torsocks refuses most calls there and crashes in some.
 */
long raw_syscall(long number, long a, long b, long c, long d, long e);
