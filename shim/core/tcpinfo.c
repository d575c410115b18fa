/* SPDX-License-Identifier: MIT */
/* Tells by the kernel's TCP_INFO whether a connection with two equal names is to itself. Pure. */
#include "tcpinfo.h"

#include <stddef.h>

_Static_assert(offsetof(struct tcpinfo, bytes_acked) == 120, "as in linux/tcp.h");
_Static_assert(offsetof(struct tcpinfo, segs_in) == 140, "as in linux/tcp.h");
_Static_assert(offsetof(struct tcpinfo, bytes_sent) == 200, "as in linux/tcp.h");

void tcpinfo_start(struct tcpinfo *info)
{
	/* Member by member: some compilers assign a whole struct by a call of memcpy(). */
	info->state = 0;
	info->bytes_acked = 0;
	info->bytes_received = 0;
	info->segs_out = 0;
	info->segs_in = 0;
	info->bytes_sent = UINT64_MAX;
}

/*
 * In a self-connection the socket itself sent every segment that it received. Each of these three
 * observations contradicts that, even if segments were lost, repeated or delayed:
 *   - one segment was received. A simultaneous open receives two, the SYN and its acknowledgement;
 *     an ordinary open receives one, the SYN-ACK;
 *   - more bytes were received than sent;
 *   - more bytes (the SYN counts as one) were acknowledged than received.
 */
static bool another_answered(const struct tcpinfo *info)
{
	return info->segs_in == 1 || info->bytes_received > info->bytes_sent ||
	       info->bytes_acked > info->bytes_received + 1;
}

bool tcpinfo_can_be_self(const struct tcpinfo *info)
{
	switch (info->state) {
	case TCPINFO_ESTABLISHED:
		return !another_answered(info);
	case TCPINFO_CLOSE:
	case TCPINFO_LISTEN:     /* another thread replaced the descriptor by a listener */
	case TCPINFO_CLOSE_WAIT: /* a peer closed first, and that was not this socket */
		return false;
	default:
		return true;
	}
}
