/* SPDX-License-Identifier: MIT */
/* What the kernel's TCP_INFO proves about a connection whose two names are the same. Pure. */
#include "tcpinfo.h"

#include <stddef.h>

_Static_assert(offsetof(struct tcpinfo, bytes_acked) == 120, "as in linux/tcp.h");
_Static_assert(offsetof(struct tcpinfo, segs_in) == 140, "as in linux/tcp.h");
_Static_assert(offsetof(struct tcpinfo, bytes_sent) == 200, "as in linux/tcp.h");

void tcpinfo_start(struct tcpinfo *info)
{
	/* One by one: some compilers copy a whole struct by a call of memcpy(). */
	info->state = 0;
	info->bytes_acked = 0;
	info->bytes_received = 0;
	info->segs_out = 0;
	info->segs_in = 0;
	info->bytes_sent = UINT64_MAX;
}

/*
 * Each of these is impossible where every segment that arrives was sent by the socket itself, even
 * where segments are lost, repeated or still on their way:
 *   - a simultaneous open takes two segments: the SYN, and what acknowledges it. An ordinary one
 *     takes a single SYN-ACK;
 *   - more bytes arrived than were sent;
 *   - more bytes (and the SYN) were acknowledged than have arrived.
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
	case TCPINFO_LISTEN:     /* another thread put another socket in its place */
	case TCPINFO_CLOSE_WAIT: /* whoever closed first was not this socket */
		return false;
	default:
		return true;
	}
}
