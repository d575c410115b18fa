/* SPDX-License-Identifier: MIT */
/* The supervised thread that waits in a system call: its memory, its sockets, who it is. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is known of threads across calls: at most one, so that the next dial costs less. */
struct target_cache {
	uint32_t tid;
	int pidfd; /* -1: none */
};

/* Reads up to `size` bytes at `address` of that thread; the number read, or a negative errno. */
long target_read(uint32_t tid, uint64_t address, void *buffer, size_t size);

/*
 * A descriptor for the thread, or for its process where the thread shares its table of descriptors
 * and the kernel knows no other (before Linux 6.9); a negative errno. It stays the cache's.
 */
int target_pidfd(struct target_cache *cache, uint32_t tid);

/* A copy of a descriptor of the thread that the cache holds, or a negative errno. */
int target_descriptor(const struct target_cache *cache, int fd);

/* Forgets what the cache holds. */
void target_forget(struct target_cache *cache);

/* The process that the thread belongs to; 0 where /proc does not say. */
uint32_t target_process(uint32_t tid);

/* Whether its process has mapped a file of that name, such as "/libnoself.so". */
bool target_maps(uint32_t tid, const char *name);

/* The thread's name, with a NUL; empty where /proc does not say. */
void target_name(uint32_t tid, char name[16]);
