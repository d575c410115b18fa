/* SPDX-License-Identifier: MIT */
/* The differential fuzz: random sequences of calls as data, their network, and their results. */
#pragma once

#include "../probes/net.h"

#include <inttypes.h>

/* ---- A call and its arguments, as choices from a table each (fields.c) */

/* The first four are pointers to memory. */
enum field {
	NAME_AT,
	LENGTH_AT,
	DATA_AT,
	MESSAGE_AT,
	MEMORIES,
	CALL = MEMORIES,
	DESCRIPTOR,
	FAMILY,
	HOST,
	DIAL_PORT,
	BIND_PORT,
	SCOPE,
	LENGTH,
	FLAGS,
	SIZE,
	COUNT,
	BACKLOG,
	FIELDS
};

/* Values of fields; other values are arguments of the call as they are. */
enum call { CONNECT, BIND, GETSOCKNAME, SENDTO, SENDMSG, SENDMMSG, LISTEN, CALLS };
enum { OWN = -2, DUPLICATE = -3, CLOSED = 1000 };
enum { AS_USUAL = -1000 };
enum { MAPPED = 1, UNANSWERED = 2 };
/* Ports. Those that the kernel chooses, and the 256 from NAMED, have one high byte each. */
enum { LIVE = 0x3000, LIVE_MPTCP = 0x3100, DEAD = 0x3200, NAMED = 0x4e00, EPHEMERAL = 0xc000 };
/* Memory; the low byte is N. */
enum {
	AT = 0x000,        /* N bytes after an aligned address */
	READ_ONLY = 0x100, /* the same */
	CUT = 0x200,       /* an unreadable page begins after N bytes */
	PAGE_END = 0x300,  /* an unreadable page begins after all of it */
	UNMAPPED = 0x400,
	NULL_POINTER = 0x500
};

/* A row leaves out what is 0. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
struct choice {
	int value;
	unsigned weight;
	const char *text;  /* NULL for the value; "" for what is not printed */
	const char *text6; /* instead, for an IPv6 address */
};

/* The first choice is the usual one. */
struct field_table {
	const char *name;
	const struct choice *choices;
	unsigned count, calls; /* the calls that have it: one bit each */
};
extern const struct field_table fields[FIELDS];
enum { SENDS = 1 << SENDTO | 1 << SENDMSG | 1 << SENDMMSG, DIALS = 1 << CONNECT | SENDS };

struct step {
	unsigned char choice[FIELDS]; /* its place in the table */
};

int step_value(const struct step *step, enum field field);
bool step_dials(const struct step *step);
/* Prints the call with those of its arguments that are not the usual ones. */
void step_print(const struct step *step);

/* ---- A sequence: a socket and some calls, generated from a seed and a number (plan.c) */

enum { MAX_STEPS = 4 };
enum kind { TCP4, TCP6, MPTCP4, MPTCP6, UDP4, UDP6, UNIX_STREAM };

/* Options set before the first call, one bit each: see subject.c. */
enum preset { NONBLOCKING, NO_PORT, RANGE, FULL_RANGE, REUSE, FASTOPEN, V6ONLY, FREEBIND, PRESETS };

struct plan {
	enum kind kind;
	unsigned presets;
	int steps;
	struct step step[MAX_STEPS];
};

void plan_make(struct plan *plan, uint64_t seed, uint64_t number);
bool plan_has(const struct plan *plan, enum preset preset);
/* Whether it dials an address that never answers, or in a way that is never answered. */
bool plan_is_unanswered(const struct plan *plan);

/* ---- The socket of one twin (subject.c) */

sa_family_t subject_family(const struct plan *plan);
int subject_open(const struct plan *plan);
void subject_print(const struct plan *plan);

/* What its options, getsockname() and getpeername() show afterwards. */
enum { STATES = 6 };
struct end_state {
	int state[STATES]; /* options, or -errno */
	unsigned char peer[32];
	long name_result; /* of getsockname(), by the twin's way; subject_end() leaves it out */
	unsigned char name[32];
};
void subject_end(int fd, struct end_state *end);
void subject_print_end(const struct end_state *end);

/* Masks what is random in a name: the low byte of a port from EPHEMERAL or NAMED, and the digits of
 * a UNIX socket's automatic name. Other ports, and whether there is a port, stay. */
void subject_mask(unsigned char *name);
void subject_print_bytes(const char *what, const unsigned char *bytes, size_t size);

/* ---- Listeners and addresses (world.c), in the namespace of tests/fuzz/run */

enum { NAME_SIZE = 128, TAKEN = EPHEMERAL | 0xf8 }; /* a port in use */

void world_start(void);
/* Accepts the connections in the listeners' queues and closes them. */
void world_drain(void);
/* Writes the step's address, of its own family or this one, and returns its length. `low` selects
 * one of the ports from NAMED. */
socklen_t world_address(const struct step *step, sa_family_t family, unsigned char low,
			unsigned char bytes[NAME_SIZE]);

/* ---- Memory that a program may pass to the kernel: one place for each of four (memory.c) */

enum { AREA = 256 };

void memory_start(void);
/* The pointer to pass; the memory there has the content, and then a pattern. */
void *memory_at(enum field which, int where, const void *content, size_t size);
/* What is there now; 0 for bytes that cannot be read. */
void memory_copy(enum field which, unsigned char copy[AREA]);

/* ---- Performing a sequence on two sockets (twin.c) */

enum way { INTERPOSED, RAW, WAYS };
/* Milliseconds to wait for a call or a packet: longer than loopback takes on any machine. */
enum { PATIENCE = 5000 };

struct outcome {
	long result;
	int error;                            /* errno; on success that from before the call */
	unsigned char memory[MEMORIES][AREA]; /* after the call; ports in the name masked */
};

/* All that a program can see of a sequence. */
struct record {
	struct outcome outcome[MAX_STEPS];
	struct end_state end;
};

/* Performs the plan on both twins. Whether they differ. */
bool twins_differ(const struct plan *plan, enum way first, struct record record[WAYS]);
/* Prints the plan and both records. */
void twins_print(const struct plan *plan, const struct record record[WAYS]);
