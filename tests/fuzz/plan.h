/* SPDX-License-Identifier: MIT */
/* One sequence of calls as data: made from a seed and its number, shrunk by leaving parts out. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

enum { MOST_STEPS = 4 };

enum kind { TCP4, TCP6, MPTCP4, MPTCP6, UDP4, UDP6, UNIX_STREAM };

enum call { CONNECT, BIND, GETSOCKNAME, SENDTO, SENDMSG, SENDMMSG, LISTEN, CALLS };

enum descriptor { OWN, DUPLICATE, CLOSED, NEGATIVE, A_FILE, A_PIPE };

/* What the program did to the socket before the first call; one bit each. */
enum preset {
	NONBLOCKING,
	OWN_HINT,   /* IP_BIND_ADDRESS_NO_PORT */
	OWN_RANGE,  /* IP_LOCAL_PORT_RANGE with room */
	FULL_RANGE, /* IP_LOCAL_PORT_RANGE of one port, which is taken */
	REUSE,      /* SO_REUSEADDR */
	FASTOPEN,   /* TCP_FASTOPEN_CONNECT */
	V6ONLY,
	FREEBIND,
	PRESETS
};

/* Where in memory something lies. */
enum place {
	ON_STACK,
	ON_HEAP,
	STATIC,
	OTHER_STACK, /* of another thread */
	AT_PAGE_END, /* so that the next page, which is not readable, begins after `have` bytes */
	READ_ONLY,
	NULL_POINTER,
	UNMAPPED,
	PLACES
};

struct where {
	enum place place;
	unsigned have; /* else how many bytes beyond an even address: a few, or none */
};

enum host {
	LOOPBACK,
	LOOPBACK_2,
	OWN_ADDRESS,
	ANY,
	FOREIGN, /* no way leads there, nor is it ours */
	HOLE,    /* never answers */
	MULTICAST,
	BROADCAST, /* and in IPv6 a link-local one that is not there */
	MAPPED_LOOPBACK,
	MAPPED_ANY,
	MAPPED_OWN,
	HOSTS
};

enum port { ZERO, NAMED, LIVE, LIVE_MPTCP, DEAD, PORTS };

struct address {
	sa_family_t family; /* AF_UNSPEC, a wrong one and a made-up one too */
	enum host host;
	enum port port;
	uint32_t scope;
	socklen_t length;
	struct where where;
};

struct step {
	enum call call;
	enum descriptor descriptor;
	struct address to;             /* connect, bind and the sends */
	struct where name, length;     /* getsockname */
	socklen_t room;                /* getsockname: what the length word says */
	int flags;                     /* sends */
	unsigned size;                 /* sends: bytes of data */
	struct where data;             /* sends */
	unsigned count, have_messages; /* sendmmsg: said, and really there */
	struct where message;          /* sendmsg: the struct msghdr itself */
	int backlog;                   /* listen */
	unsigned depth;                /* bytes of stack between the caller's words and the call */
};

struct plan {
	enum kind kind;
	unsigned presets;
	int steps;
	struct step step[MOST_STEPS];
};

void plan_make(struct plan *plan, uint64_t seed, uint64_t index);

/*
 * The same without the parts whose bit is clear in `keep`: bits 0 to 3 are the calls, the bits
 * above them the presets.
 */
struct plan plan_without(const struct plan *plan, unsigned keep);

bool plan_is_tcp(const struct plan *plan);

/* How many of its calls may dial. */
int plan_dials(const struct plan *plan);

/* Whether it dials what never answers, or in a way that is never answered (see rules.c). */
bool plan_may_wait(const struct plan *plan);

/* Prints the plan from the socket() on; step I alone. */
void plan_print_socket(const struct plan *plan);
void plan_print_step(const struct step *step);

extern const char *const host_names[HOSTS][2]; /* IPv4, IPv6 */
