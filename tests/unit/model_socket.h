/* SPDX-License-Identifier: MIT */
/* A model of one socket instead of the kernel: each result, right or wrong, is a choice of
 * search.h.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

enum { MODEL_FD = 5, MODEL_PORT = 50000, OTHER_PORT = 40000, ATTEMPTS_TO_RESTORE = 4 };

enum state {
	CLOSED,
	SELF,        /* connected to itself */
	SELF_COMING, /* the same, but the peer is not known yet */
	ELSEWHERE,   /* connected to another socket */
	COMING,      /* the same, but the peer is not known yet */
	REAL,        /* connected to another socket, and NAT gives both ends the same name */
	LISTENING,
	GONE, /* the descriptor is closed */
};

/* State that is chosen when it is first read; until then it is OPEN. */
enum fact { OPEN, NO, YES };
enum protocol { PROTOCOL_OPEN, TCP, MPTCP, UDP };
enum bound { BOUND_OPEN, NOT, ADDRESS, PORT };
enum destination { TO_OPEN, TO_IPV4, TO_ANY, TO_IPV6, TO_UNIX, TO_NOBODY };

struct option {
	enum fact chosen; /* NO: the kernel does not have it */
	int value, own;   /* now, and the program's value */
	int refused;      /* how often in a row the kernel refused to restore it */
};

struct model {
	enum state state;
	enum protocol protocol;
	enum bound bound, program_bound; /* now, and by the program */
	enum destination to;
	enum fact nonblocking;
	int port; /* as getsockname shows it */
	struct option range, no_port;
	int range_dialled; /* MPTCP goes back to it when disconnected */
	bool so_error;     /* something is left in SO_ERROR */
	int so_error_refused;

	/* Set before the first call. */
	long (*bind)(const void *, socklen_t); /* instead of dials; no other thread acts then */
	bool is_send;       /* the program dials by a send, to IPv6; else by connect(), to IPv4 */
	bool memory_is_bad; /* the pointer to the destination is invalid */
	bool pin_matters;   /* whether a sandbox's refusals matter: pin_refused */

	/* What has happened so far. */
	long last; /* result of the latest dial */
	int dials, spurious;
	bool first_failed; /* the first dial of a connect() failed and changed errno */
	bool met;          /* it reached itself, and was or must be disconnected */
	bool earlier;      /* an earlier call of the program had connected it to itself */
	bool changed;      /* another thread replaced it */
	bool looked;       /* and a call has shown that since: the guard must act on it */
	bool blind;        /* a call was refused since the latest dial */
	bool stuck;        /* disconnecting was refused */
	bool pin_refused;  /* a sandbox refused bind(), so the socket may be pinned */
	bool told_pinned;  /* bind() has shown that it is pinned */
	bool told_range;   /* the kernel has shown that it has IP_LOCAL_PORT_RANGE */
	bool info_refused; /* TCP_INFO was refused since the latest dial */
	bool refused;      /* any call was, of a program that only binds */
};
extern struct model model;

/* In its own frame, so that search_forget() finds it below. */
#define APART __attribute__((noinline))

/* Chooses the result of a call: 0, and the model does it, or an error. */
long model_answer(const char *name);
/* Prints the result if the sequence is shown; returns it. */
long model_told(const char *name, long result);

/* One dial of the program's; it writes the destination, a struct sockaddr_storage. */
long model_dial(void *destination);

/* Checks that the error that disconnecting leaves in SO_ERROR is cleared before any other call. */
void model_check_left_error(void);

/* Checks that all options set between two dials are restored. */
void model_check_lent(void);

/* Whether a dial with that result is connected or in progress. */
bool model_accepted(long result);

/* The state that the program or the kernel has fixed. */
enum protocol model_protocol(void);
enum bound model_bound(void);

/* Whether the program's pointer is valid. */
bool model_can_read(const void *pointer);

/* The socket's own host, another, and the wildcard; IPv6 in a send. */
enum host { OWN, ANOTHER, ANY };
socklen_t model_name(void *name, enum host host, int port);
