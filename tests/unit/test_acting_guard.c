/* SPDX-License-Identifier: MIT */
/* The guard behind a front door that is not the library's: any way to dial will do. */
#include "acting.h"
#include "core/guard.h"

struct made_up {
	int result, error, dials;
};

static long dial(const void *call)
{
	/* What a door is handed is its own; this one counts. */
	struct made_up *made_up = (struct made_up *)(uintptr_t)call;
	made_up->dials++;
	errno = made_up->error;
	return made_up->result;
}

static const void *destination(const void *call, socklen_t *length)
{
	(void)call;
	*length = sizeof(loopback);
	return &loopback;
}

static const struct door door = {dial, destination};

/* What a dial of this outcome comes to; errno is ENOTUNIQ before. */
static void gives(struct made_up made_up, int result, int error, int dials)
{
	const struct log_stderr nowhere = {.known = false};
	const int fd = tcp_socket();

	errno = ENOTUNIQ;
	CHECK(guard_dial(&settings_default, &nowhere, fd, &door, &made_up) == result);
	CHECK(errno == error);
	CHECK(made_up.dials == dials);
	close(fd);
}

int main(void)
{
	gives((struct made_up){0, ENOTUNIQ, 0}, 0, ENOTUNIQ, 1);
	gives((struct made_up){7, EPERM, 0}, 7, ENOTUNIQ, 1);
	gives((struct made_up){-1, ECONNREFUSED, 0}, -1, ECONNREFUSED, 1);
	gives((struct made_up){-1, EINPROGRESS, 0}, -1, EINPROGRESS, 1);
	gives((struct made_up){-1, EADDRNOTAVAIL, 0}, -1, EADDRNOTAVAIL, 3);
	/* A failure that does not say why is no success. */
	gives((struct made_up){-1, 0, 0}, -1, EIO, 1);
	return verdict_of_unit();
}
