/* SPDX-License-Identifier: MIT */
/* The supervised thread that waits in a system call: its destination, memory, process and name. */
#pragma once

#include <linux/seccomp.h>

#include "core/endpoint.h"

/* Reads `size` bytes at `address` of that thread; false if not all of them can be read. */
bool target_read(uint32_t tid, uint64_t address, void *buffer, size_t size);

/* The socket and the destination; false if it is not an internet address or cannot be read. */
bool target_dial(const struct seccomp_notif *notification, int *fd, struct endpoint *to);

/*
 * A dial that no program makes and that the kernel would reject; the supervisor answers it with a
 * fixed value. target_probe() makes it in this process: true if a supervisor of noself answered.
 */
enum { TARGET_PROBE_ANSWER = 0x6e73 };
bool target_is_probe(const struct seccomp_notif *notification);
bool target_probe(void);

/*
 * A pidfd of the thread; before Linux 6.9 one of its process, if both share the descriptor table.
 * And a copy of one of its descriptors. Both may return a negative errno.
 */
int target_pidfd(uint32_t tid);
int target_descriptor(int pidfd, int fd);

/* The process of the thread; 0 if /proc does not tell. */
uint32_t target_process(uint32_t tid);

/* Whether its process has mapped a file whose name ends so, such as "/libnoself.so". */
bool target_maps(uint32_t tid, const char *name);

/* The thread's name; empty if /proc does not tell. */
void target_name(uint32_t tid, char name[16]);
