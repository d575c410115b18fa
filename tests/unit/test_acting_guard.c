/* SPDX-License-Identifier: MIT */
/* The guard with an operation of the test's own: it takes any way to dial. */
#include "acting.h"
#include "core/guard.h"

struct made_up {
	int result, dials;
};

static long dial(const void *call)
{
	/* What an operation is handed is its own; this one counts. */
	struct made_up *made_up = (struct made_up *)(uintptr_t)call;
	made_up->dials++;
	return made_up->result;
}

static const void *destination(const void *call, socklen_t *length)
{
	(void)call;
	*length = sizeof(loopback);
	return &loopback;
}

/* What a dial of this outcome comes to. */
static void gives(struct made_up made_up, long result, int dials)
{
	static const struct connect_op op = {dial, destination, false};
	struct settings settings;
	struct log_event event;
	const int fd = tcp_socket();

	settings_start(&settings);
	CHECK(guard_dial(&settings, fd, &op, &made_up, dial(&made_up), &event) == result);
	CHECK(made_up.dials == dials && !event.action);
	close(fd);
}

int main(void)
{
	gives((struct made_up){0, 0}, 0, 1);
	gives((struct made_up){7, 0}, 7, 1);
	gives((struct made_up){-ECONNREFUSED, 0}, -ECONNREFUSED, 1);
	gives((struct made_up){-EINPROGRESS, 0}, -EINPROGRESS, 1);
	gives((struct made_up){-EADDRNOTAVAIL, 0}, -EADDRNOTAVAIL, 2);
	return verdict_of_unit();
}
