/* SPDX-License-Identifier: MIT */
/* Tells by the kernel's TCP_INFO whether a connection with two equal names is to itself. Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The start of the kernel's struct tcp_info; `unread` and `unread_too` are not read. */
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

/* Sets all members to values that prove nothing; an older kernel does not overwrite all of them. */
void tcpinfo_start(struct tcpinfo *info);

/*
 * Whether the socket can be connected to itself. NAT can give a connection to another socket two
 * equal names; the counters tell the two apart. True if they prove nothing.
 */
bool tcpinfo_can_be_self(const struct tcpinfo *info);
