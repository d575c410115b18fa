/* SPDX-License-Identifier: MIT */
/* The functions that this library replaces, as the next library or libc defines them. */
#define _GNU_SOURCE
#include "next.h"

#include <dlfcn.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __GLIBC__
/*
 * glibc 2.34 moved dlsym() into libc.so.6 with a new symbol version and kept the old one. The old
 * one, each architecture's first version, works with every glibc.
 */
#if defined __x86_64__
__asm__(".symver dlsym, dlsym@GLIBC_2.2.5");
#elif defined __i386__
__asm__(".symver dlsym, dlsym@GLIBC_2.0");
#elif defined __aarch64__
__asm__(".symver dlsym, dlsym@GLIBC_2.17");
#elif defined __arm__
__asm__(".symver dlsym, dlsym@GLIBC_2.4");
#elif defined __riscv && __riscv_xlen == 64
__asm__(".symver dlsym, dlsym@GLIBC_2.27");
#endif
#endif
#pragma weak dlsym

#ifdef __arm__
/*
 * The compiler refers to these so that the linker adds an unwinder, which would make the library
 * depend on libgcc_s. An unwinder that passes through the library uses its own.
 */
void __aeabi_unwind_cpp_pr0(void);
void __aeabi_unwind_cpp_pr1(void);

void __aeabi_unwind_cpp_pr0(void)
{
}

void __aeabi_unwind_cpp_pr1(void)
{
}
#endif

static int raw_connect(int fd, const struct sockaddr *address, socklen_t length)
{
	return (int)syscall(SYS_connect, fd, address, length);
}

static int raw_bind(int fd, const struct sockaddr *address, socklen_t length)
{
	return (int)syscall(SYS_bind, fd, address, length);
}

static int raw_getsockname(int fd, struct sockaddr *address, socklen_t *length)
{
	return (int)syscall(SYS_getsockname, fd, address, length);
}

static ssize_t raw_sendto(int fd, const void *data, size_t size, int flags,
			  const struct sockaddr *address, socklen_t length)
{
	return syscall(SYS_sendto, fd, data, size, flags, address, length);
}

static ssize_t raw_sendmsg(int fd, const struct msghdr *message, int flags)
{
	return syscall(SYS_sendmsg, fd, message, flags);
}

static int raw_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
	return (int)syscall(SYS_sendmmsg, fd, messages, count, flags);
}

/* ISO C cannot convert void * to a function pointer; POSIX says that the bits are the same. */
#define FIND(name)                                                                                 \
	do {                                                                                       \
		union {                                                                            \
			void *address;                                                             \
			__typeof__(next->name) function;                                           \
		} found = {dlsym ? dlsym(RTLD_NEXT, #name) : NULL};                                \
		next->name = found.address ? found.function : raw_##name;                          \
	} while (0)

void next_find(struct next *next)
{
	FIND(connect);
	FIND(bind);
	FIND(getsockname);
	FIND(sendto);
	FIND(sendmsg);
	FIND(sendmmsg);
}
