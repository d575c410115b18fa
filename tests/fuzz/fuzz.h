/* SPDX-License-Identifier: MIT */
/* The differential fuzz: sequences of calls as data, their network, and the results to compare. */
#pragma once

#include "../probes/net.h"
#include "random.h"

#include <inttypes.h>
#include <stddef.h>

/* ---- A sequence, generated from a seed and its number (plan.c, rules.c) */

enum { MAX_STEPS = 4 };
enum kind { TCP4, TCP6, MPTCP4, MPTCP6, UDP4, UDP6, UNIX_STREAM };
enum call { CONNECT, BIND, GETSOCKNAME, SENDTO, SENDMSG, SENDMMSG, LISTEN, CALLS };

/* REPLACED: another thread replaces it during the dial by a listener on the destination. */
enum descriptor { OWN, DUPLICATE, CLOSED, NEGATIVE, A_FILE, A_PIPE, REPLACED };

/* The control message of a send. */
enum control { NO_CONTROL, BAD_TYPE, BAD_LENGTH, BAD_POINTER };

/* Options set before the first call; one bit each. */
enum preset {
	NONBLOCKING,
	OWN_NO_PORT, /* IP_BIND_ADDRESS_NO_PORT */
	OWN_RANGE,   /* IP_LOCAL_PORT_RANGE with room */
	FULL_RANGE,  /* IP_LOCAL_PORT_RANGE of one port, which is in use */
	REUSE,       /* SO_REUSEADDR */
	FASTOPEN,    /* TCP_FASTOPEN_CONNECT */
	V6ONLY,
	FREEBIND,
	PRESETS
};

enum place {
	ON_STACK,
	ON_HEAP,
	STATIC,
	OTHER_STACK, /* another thread's */
	AT_PAGE_END, /* an unreadable page begins after `have` bytes */
	READ_ONLY,
	NULL_POINTER,
	UNMAPPED,
	IN_STACK,    /* an unreadable page of the main thread's stack */
	BEYOND_FILE, /* a page of a mapped file after the end of the file */
	PLACES
};

struct where {
	enum place place;
	unsigned have; /* for other kinds: the offset from an aligned address */
};

enum host {
	LOOPBACK,
	LOOPBACK_2,
	OWN_ADDRESS,
	ANY,
	FOREIGN, /* not an own address, and without a route */
	HOLE,    /* never answers */
	MULTICAST,
	BROADCAST, /* in IPv6 a link-local address that does not exist */
	MAPPED_LOOPBACK,
	MAPPED_ANY,
	MAPPED_OWN,
	HOSTS
};

enum port { ZERO, NAMED, LIVE, LIVE_MPTCP, DEAD, PORTS };

struct address {
	sa_family_t family; /* also AF_UNSPEC, a wrong and an unknown one */
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
	socklen_t room;                /* getsockname: the value of the length word */
	int flags;                     /* sends */
	unsigned size;                 /* sends: bytes of data */
	struct where data;             /* sends */
	enum control control;          /* sendmsg and sendmmsg */
	unsigned count, have_messages; /* sendmmsg: the argument, and the actual number */
	struct where message;          /* sendmsg: the struct msghdr itself */
	int backlog;                   /* listen */
};

struct plan {
	enum kind kind;
	unsigned presets;
	int steps;
	struct step step[MAX_STEPS];
};

void plan_make(struct plan *plan, uint64_t seed, uint64_t index);

/* The plan without the parts whose bit is clear: bits 0 to 3 are calls, the others presets. */
struct plan plan_without(const struct plan *plan, unsigned keep);

bool plan_has(const struct plan *plan, enum preset preset);
bool plan_is_tcp(const struct plan *plan);
/* Whether it dials an address that never answers, or in a way that is never answered. */
bool plan_may_wait(const struct plan *plan);

/* Changes a plan so that its twins can be compared. */
void rules_apply(struct plan *plan, struct random *r);

/* ---- The world: a namespace with addresses, listeners, free ports and one in use (world.c)
 * tests/fuzz/run prepares it. The ephemeral ports, and the ports passed to bind(), are 256 each
 * with the same high byte, so that only the low byte must be masked. */

enum { EPHEMERAL_HIGH = 0xc0, NAMED_HIGH = 0x4e, TAKEN_PORT = 0xc0f8 };

struct world {
	int closed, file, pipe; /* descriptors that are not sockets */
	int listener[3];        /* TCP, MPTCP, unix */
	unsigned runs;          /* how many sockets were tested: selects the port */
};

void world_start(struct world *world);

/* Accepts the connections in the listeners' queues and closes them. */
void world_drain(struct world *world);

/* Writes the address into 128 bytes. */
void world_address(const struct world *world, const struct address *address, unsigned char *bytes);

/* ---- All kinds of memory that a program may pass to the kernel (memory.c) */

enum { AREA = 256, PAGE = 4096 };
enum use { FOR_NAME, FOR_LENGTH, FOR_DATA, FOR_MESSAGE, USES };

struct spot {
	void *pointer;       /* the argument of the call */
	unsigned char *view; /* the same bytes, readable and writable, or NULL */
	size_t size;         /* of the view */
};

/* Call it once, first; with three pages of the main stack that stay. Starts OTHER_STACK's thread.
 */
void memory_start(unsigned char *three_pages);

/* The memory for this use, filled with a pattern and then with as much of the content as fits.
 * `on_stack` is AREA bytes of the caller's stack. */
struct spot memory_at(enum use use, struct where where, unsigned char *on_stack,
		      const void *content, size_t size);

/* ---- Performing a sequence on a socket of its own (twin.c) */

enum way { INTERPOSED, RAW };
/* Milliseconds to wait for a call or a packet: longer than loopback takes on any machine. */
enum { PATIENCE = 5000 };

/* The results of one call. Memory that it did not change holds the pattern, or 0. */
struct outcome {
	long result;
	int error;                /* errno; on success that from before the call */
	unsigned length;          /* getsockname's length word */
	unsigned sent[3];         /* sendmmsg's msg_len words */
	unsigned char name[AREA]; /* getsockname's buffer and the bytes after it; ports masked */
};

/* The state of the socket afterwards. */
struct end_state {
	int no_port, range, error, flags, listening, reuse; /* options, or -errno */
	long name_result, peer_result;
	unsigned char name[32], peer[32]; /* ports masked */
};

struct record {
	struct outcome outcome[MAX_STEPS];
	struct end_state end;
};

void twin_perform(struct world *world, const struct plan *plan, enum way way,
		  struct record *record);

/* A dial that waits until another thread replaces its socket by a listener (replaced.c). */
long replaced_dial(enum way way, int fd, const struct sockaddr *to, socklen_t length);

/* Makes one of the calls under test, by the library or by a raw system call. */
long call_perform(enum way way, enum call call, int fd, const void *a, size_t b, int c,
		  const void *d, size_t e);

/* Creates the plan's socket, with its presets. */
int subject_open(const struct plan *plan);
void subject_end(enum way way, int fd, struct end_state *end);

/* Masks the random parts of a name of so many bytes: the low byte of an ephemeral port or of one
 * chosen by the run's number, and the five digits of a unix socket's automatic name. Other ports,
 * and whether there is a port, stay. */
void subject_mask(unsigned char *name, size_t size);

/* ---- Comparing the twins, and the shortest sequence in which they differ (shrink.c) */

/* Runs the plan on both twins, the raw one first if asked; one record for each. 1 if they differ.
 */
int shrink_differs(struct world *world, const struct plan *plan, int raw_first,
		   struct record two[2]);

/* Prints the difference, in its shortest form, and the command that reproduces it. */
void shrink_report(struct world *world, const struct plan *plan, uint64_t seed, uint64_t index,
		   const struct record seen[2]);

/* ---- In readable form (text.c) */

extern const char *const call_names[CALLS], *const host_names[HOSTS][2]; /* IPv4, IPv6 */

/* Prints the plan, similar to C code that does the same, and both records. */
void text_print(const struct plan *plan, const struct record two[2]);
