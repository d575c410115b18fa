/* SPDX-License-Identifier: MIT */
/* What the kernel's TCP_INFO proves about a connection whose two names are the same. Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The part of the kernel's struct tcp_info that is read here, with its layout. */
struct tcpinfo {
	uint8_t state;
	uint8_t unread[119];
	uint64_t bytes_acked; /* the SYN counts as one byte */
	uint64_t bytes_received;
	uint32_t segs_out, segs_in;
	uint32_t unread_too[14];
	uint64_t bytes_sent; /* with retransmissions; Linux 4.19 */
};

/* From linux/tcp.h's states. */
enum {
	TCPINFO_ESTABLISHED = 1,
	TCPINFO_CLOSE = 7,
	TCPINFO_CLOSE_WAIT = 8,
	TCPINFO_LISTEN = 10,
};

/* Sets the members that are read to what proves nothing, for those that the kernel does not fill
 * in. */
void tcpinfo_start(struct tcpinfo *info);

/*
 * Whether a socket in this state can be one that reached itself. NAT can give a connection to
 * another socket the same two names; the counters tell it apart. True where they prove nothing.
 */
bool tcpinfo_can_be_self(const struct tcpinfo *info);
