/* SPDX-License-Identifier: MIT */
/* The supervised thread that waits in a system call: what it dials, its memory, who it is. */
#pragma once

#include <linux/seccomp.h>

#include "core/endpoint.h"

/* Reads `size` bytes at `address` of that thread; false where not all of them are there. */
bool target_read(uint32_t tid, uint64_t address, void *buffer, size_t size);

/* The socket and the destination; false where it is no internet address or cannot be read. */
bool target_dial(const struct seccomp_notif *notification, int *fd, struct endpoint *to);

/*
 * A dial that no program makes and no kernel accepts, which the supervisor answers with a value
 * of its own. target_probe() makes it in this process: true where a supervisor of ours answered.
 */
enum { TARGET_PROBE_ANSWER = 0x6e73 };
bool target_is_probe(const struct seccomp_notif *notification);
bool target_probe(void);

/*
 * A pidfd for the thread, or for its process where the thread shares its table of descriptors and
 * the kernel has no other (before Linux 6.9), and a copy of a descriptor. Or a negative errno.
 */
int target_pidfd(uint32_t tid);
int target_descriptor(int pidfd, int fd);

/* The process that the thread belongs to; 0 where /proc does not say. */
uint32_t target_process(uint32_t tid);

/* Whether its process has mapped a file of that name, such as "/libnoself.so". */
bool target_maps(uint32_t tid, const char *name);

/* The thread's name; empty where /proc does not say. */
void target_name(uint32_t tid, char name[16]);
