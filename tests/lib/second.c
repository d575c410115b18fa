/* SPDX-License-Identifier: MIT */
/* Dials by the second name that libc has for connect(). */
#include "dial_self.h"

int __connect(int fd, const struct sockaddr *to, socklen_t length);

int main(void)
{
	dial_self("", __connect);
	return 0;
}
