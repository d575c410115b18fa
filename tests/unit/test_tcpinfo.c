/* SPDX-License-Identifier: MIT */
/* What TCP_INFO proves, with the counters of Linux 6.18 in each case. */
#include "unit.h"
#include "core/tcpinfo.h"

#include <linux/tcp.h>
#include <stddef.h>

_Static_assert(offsetof(struct tcpinfo, bytes_received) ==
		       offsetof(struct tcp_info, tcpi_bytes_received),
	       "the kernel's own layout");
_Static_assert(offsetof(struct tcpinfo, segs_in) == offsetof(struct tcp_info, tcpi_segs_in),
	       "the kernel's own layout");
_Static_assert(offsetof(struct tcpinfo, bytes_sent) == offsetof(struct tcp_info, tcpi_bytes_sent),
	       "the kernel's own layout");

static bool self(uint32_t segs_out, uint32_t segs_in, uint64_t sent, uint64_t received,
		 uint64_t acked)
{
	const struct tcpinfo info = {.state = TCPINFO_ESTABLISHED,
				     .bytes_acked = acked,
				     .bytes_received = received,
				     .segs_out = segs_out,
				     .segs_in = segs_in,
				     .bytes_sent = sent};
	return tcpinfo_can_be_self(&info);
}

static void connected_to_itself(void)
{
	CHECK(self(3, 3, 0, 0, 1));
	CHECK(self(5, 5, 5, 5, 6));               /* fast open of five bytes */
	CHECK(self(8, 8, 100000, 100000, 65537)); /* and of many */
	CHECK(self(3, 2, 0, 0, 1));               /* the last segment is on its way, or lost */
	CHECK(self(6, 3, 0, 0, 1));               /* the SYN was lost at first */
	CHECK(self(5, 4, 10, 5, 1));              /* the data too */
}

static void connected_to_another(void)
{
	CHECK(!self(2, 1, 0, 0, 1));
	CHECK(!self(4, 1, 0, 0, 1)); /* the SYN was lost twice */
	CHECK(!self(2, 2, 1, 0, 2)); /* fast open of one byte, acknowledged */
	CHECK(!self(3, 2, 0, 5, 1)); /* the server spoke at once */
	CHECK(!self(2, 2, 5, 0, 6)); /* fast open, acknowledged */
	CHECK(!self(2, 1, 5, 0, 6)); /* the same with a cookie */
	CHECK(!self(4, 2, 100000, 0, 65510));
}

/* Whatever lay there before. */
static void unknown(void)
{
	struct tcpinfo info;
	memset(&info, 0xff, sizeof(info));
	tcpinfo_start(&info);
	CHECK(!info.state && !info.bytes_acked && !info.bytes_received);
	CHECK(!info.segs_out && !info.segs_in && info.bytes_sent == UINT64_MAX);
}

static void in_other_states(void)
{
	struct tcpinfo info;
	tcpinfo_start(&info);
	CHECK(tcpinfo_can_be_self(&info));
	/* A kernel without any of the counters; one that does not count the bytes sent. */
	info.state = TCPINFO_ESTABLISHED;
	CHECK(tcpinfo_can_be_self(&info));
	info.segs_in = 3;
	info.bytes_received = 5;
	CHECK(tcpinfo_can_be_self(&info));
	for (uint8_t state = TCPINFO_ESTABLISHED + 1; state < TCPINFO_CLOSE; state++) {
		info.state = state;
		CHECK(tcpinfo_can_be_self(&info));
	}
	info.state = TCPINFO_CLOSE;
	CHECK(!tcpinfo_can_be_self(&info));
	info.state = TCPINFO_CLOSE_WAIT;
	CHECK(!tcpinfo_can_be_self(&info));
	info.state = TCPINFO_LISTEN;
	CHECK(!tcpinfo_can_be_self(&info));
}

int main(void)
{
	connected_to_itself();
	connected_to_another();
	unknown();
	in_other_states();
	return verdict_of_unit();
}
