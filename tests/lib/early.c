/* SPDX-License-Identifier: MIT */
/* A library that dials from its constructor. */
#include "dial_self.h"

static int plain(int fd, const struct sockaddr *to, socklen_t length)
{
	return connect(fd, to, length);
}

__attribute__((constructor)) static void early(void)
{
	dial_self("early: ", plain);
}
