/* SPDX-License-Identifier: MIT */
/* The network namespaces of supervised sockets: their ephemeral ports, and which addresses are own.
 */
#pragma once

#include "core/endpoint.h"
#include "ports.h"

/* Where a network namespace says which ports it chooses from. -1: not known. */
struct netns {
	uint64_t cookie; /* the kernel's number for it, never used twice; 0 for none */
	int range_fd, reserved_fd;
};

/* As many as are remembered beside the supervisor's own. */
enum { NETNS_OTHERS = 7 };

struct netns_table {
	struct netns own;
	struct netns others[NETNS_OTHERS]; /* lies in memory shared with a child */
	unsigned next;
	int udp4, udp6; /* sockets of the supervisor's own namespace, to ask it for routes; or -1 */
};

/* A socket option that is a number never used twice (SO_COOKIE, SO_NETNS_COOKIE); 0 if unknown. */
uint64_t netns_cookie(int socket, int name);

/* NULL where there is no memory. */
struct netns_table *netns_create(void);

/*
 * The namespace of that socket. `pidfd` is for the thread that it was fetched from, which is taken
 * to have rights in that namespace. NULL where the kernel does not say.
 */
struct netns *netns_of_socket(struct netns_table *table, int socket, int pidfd);

/*
 * The namespace's settings, now. Where they cannot be read: the kernel's defaults. `buffer` holds
 * the text that `ports` points to.
 */
enum { NETNS_RESERVED_SIZE = 4096 };
void netns_ports(const struct netns *netns, struct ports *ports, char buffer[NETNS_RESERVED_SIZE]);

/* Whether an unbound socket that dials `to` would have that address as its own, too. */
enum netns_own { OWN_NO, OWN_YES, OWN_UNKNOWN };
enum netns_own netns_is_own(const struct netns_table *table, const struct netns *netns,
			    const struct endpoint *to);
