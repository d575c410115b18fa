/* SPDX-License-Identifier: MIT */
/* The differential fuzz: sequences of calls as data, the world they meet, and what they leave. */
#pragma once

#include "../probes/net.h"
#include "random.h"

#include <inttypes.h>
#include <stddef.h>

/* ---- A sequence, made from a seed and its number (plan.c, rules.c) */

enum { MOST_STEPS = 4 };
enum kind { TCP4, TCP6, MPTCP4, MPTCP6, UDP4, UDP6, UNIX_STREAM };
enum call { CONNECT, BIND, GETSOCKNAME, SENDTO, SENDMSG, SENDMMSG, LISTEN, CALLS };

/* REPLACED: another thread puts a listener on the dialled address there in mid-dial. */
enum descriptor { OWN, DUPLICATE, CLOSED, NEGATIVE, A_FILE, A_PIPE, REPLACED };

/* What a message carries beside its data. */
enum control { NO_CONTROL, BAD_TYPE, BAD_LENGTH, BAD_POINTER };

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

enum place {
	ON_STACK,
	ON_HEAP,
	STATIC,
	OTHER_STACK, /* of another thread */
	AT_PAGE_END, /* so that the next page, which is not readable, begins after `have` bytes */
	READ_ONLY,
	NULL_POINTER,
	UNMAPPED,
	IN_STACK,    /* a page of the first stack that is not readable */
	BEYOND_FILE, /* a page of a mapped file that ends before it */
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
	enum control control;          /* sendmsg and sendmmsg */
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

/* The same without the parts whose bit is clear: 0 to 3 are the calls, above them the presets. */
struct plan plan_without(const struct plan *plan, unsigned keep);

bool plan_has(const struct plan *plan, enum preset preset);
bool plan_is_tcp(const struct plan *plan);
/* Whether it dials what never answers, or in a way that is never answered. */
bool plan_may_wait(const struct plan *plan);

/* Changes a plan until its twins can be compared. */
void rules_apply(struct plan *plan, struct random *r);

/* ---- The world: a namespace with addresses, listeners, dead ports and a taken one (world.c)
 * tests/fuzz/run prepares it. The ports that the kernel chooses, and those that bind() names, are
 * 256 each with one high byte, so that one byte is all that has to be masked. */

enum { EPHEMERAL_HIGH = 0xc0, NAMED_HIGH = 0x4e, TAKEN_PORT = 0xc0f8 };

struct world {
	int closed, file, pipe; /* descriptors that are no sockets */
	int listener[3];        /* TCP, MPTCP, unix */
	unsigned runs;          /* how many sockets have been through: names the port */
};

void world_start(struct world *world);

/* Takes the connections from the listeners' queues and drops them. */
void world_drain(struct world *world);

/* Puts the address into 128 bytes. */
void world_address(const struct world *world, const struct address *address, unsigned char *bytes);

/* ---- Memory of every kind that a program may hand to the kernel (memory.c) */

enum { AREA = 256, PAGE = 4096 };
enum use { FOR_NAME, FOR_LENGTH, FOR_DATA, FOR_MESSAGE, USES };

struct spot {
	void *pointer;       /* what the call is given */
	unsigned char *view; /* where the same bytes can be read and written, or NULL */
	size_t size;         /* so many */
};

/* Once, first of all; with three pages of the first stack that stay. Starts OTHER_STACK's thread.
 */
void memory_start(unsigned char *three_pages);

/* The spot for this use, filled with a pattern and then with the content as far as there is room.
 * `on_stack` is AREA bytes of the caller's stack. */
struct spot memory_at(enum use use, struct where where, unsigned char *on_stack,
		      const void *content, size_t size);

/* ---- Performing a sequence on a socket of its own (twin.c) */

enum way { INTERPOSED, RAW };
/* Milliseconds that a call or a packet is waited for: longer than loopback takes on any machine. */
enum { PATIENCE = 5000 };

/* What one call left behind. Whatever it could have changed and did not is the pattern, or 0. */
struct outcome {
	long result;
	int error;                /* errno; on success the one from before the call */
	unsigned length;          /* getsockname's length word */
	unsigned sent[3];         /* sendmmsg's msg_len words */
	unsigned char name[AREA]; /* getsockname's buffer, and what lies behind it; ports masked */
};

/* What the socket is like afterwards. */
struct end_state {
	int hint, range, error, flags, listening, reuse; /* options, -errno where there is none */
	long name_result, peer_result;
	unsigned char name[32], peer[32]; /* ports masked */
};

struct record {
	struct outcome outcome[MOST_STEPS];
	struct end_state end;
};

void twin_perform(struct world *world, const struct plan *plan, enum way way,
		  struct record *record);

/* A dial that waits, of which another thread puts a listener in the place (replaced.c). */
long replaced_dial(enum way way, int fd, const struct sockaddr *to, socklen_t length);

/* One of the calls under test, by the library or by a raw system call. */
long call_perform(enum way way, enum call call, int fd, const void *a, size_t b, int c,
		  const void *d, size_t e);

/* Makes the plan's socket, with its presets. */
int subject_open(const struct plan *plan);
void subject_end(enum way way, int fd, struct end_state *end);

/* Masks what is of chance in a name of so many bytes. Which of 256 ports it is follows from chance,
 * or from the number of the run: its low byte goes. That there is one, and of which kind, stays; so
 * do all other ports. A name that the kernel made up for a unix socket is five digits, which go. */
void subject_mask(unsigned char *name, size_t size);

/* ---- Comparing the twins, and the shortest form of a sequence in which they differ (shrink.c) */

/* Does the plan on both twins, the raw one first if asked to; records by way. 1 if they differ. */
int shrink_differs(struct world *world, const struct plan *plan, int raw_first,
		   struct record two[2]);

/* Prints what was seen to differ, in its shortest form, and the command that does it again. */
void shrink_report(struct world *world, const struct plan *plan, uint64_t seed, uint64_t index,
		   const struct record seen[2]);

/* ---- In readable form (text.c) */

extern const char *const call_names[CALLS], *const host_names[HOSTS][2]; /* IPv4, IPv6 */

/* Prints the plan, near to the C that would do the same, and both records. */
void text_print(const struct plan *plan, const struct record two[2]);
