/* SPDX-License-Identifier: MIT */
/* What a reported system call dials: the socket, and the destination in the program's memory. */
#include "call.h"

#include <errno.h>
#include <string.h>

#include "core/sys.h"
#include "filter.h"
#include "target.h"

/* The head of a struct msghdr, of either size of pointers. */
struct message64 {
	uint64_t name;
	uint32_t length;
};
struct message32 {
	uint32_t name, length;
};

/* Where a call has its destination. */
struct place {
	uint64_t address;
	uint32_t length;
};

static long read_whole(uint32_t tid, uint64_t address, void *to, size_t size)
{
	const long r = target_read(tid, address, to, size);
	if (r < 0)
		return r;
	return r == (long)size ? 0 : -EFAULT;
}

static long read_message(uint32_t tid, uint64_t address, bool is_32bit, struct place *place)
{
	struct message64 message = {0, 0};
	struct message32 small = {0, 0};
	const long r = is_32bit ? read_whole(tid, address, &small, sizeof(small))
				: read_whole(tid, address, &message, sizeof(message));

	*place = is_32bit ? (struct place){small.name, small.length}
			  : (struct place){message.name, message.length};
	return r;
}

/* The arguments of a call are in registers, but for socketcall(), where they are in memory. */
static long find(const struct seccomp_notification *n, int *fd, struct place *place)
{
	const uint64_t *arguments = n->call.arguments;
	uint32_t words[3] = {0, 0, 0};
	bool is_32bit;
	long r;

	*fd = (int)arguments[0];
	switch (filter_kind(&n->call, &is_32bit)) {
	case KIND_CONNECT:
		*place = (struct place){arguments[1], (uint32_t)arguments[2]};
		return 0;
	case KIND_SENDTO:
		*place = (struct place){arguments[4], (uint32_t)arguments[5]};
		return 0;
	case KIND_SENDMSG:
		return read_message(n->tid, arguments[1], is_32bit, place);
	case KIND_SOCKETCALL:
		r = read_whole(n->tid, arguments[1], words, sizeof(words));
		*fd = (int)words[0];
		*place = (struct place){words[1], words[2]};
		return r;
	default:
		return -ENOSYS;
	}
}

long call_read(const struct seccomp_notification *notification, struct call *call)
{
	struct place place;
	long r = find(notification, &call->fd, &place);
	if (r < 0)
		return r;
	call->length = place.length;
	return read_whole(notification->tid, place.address, call->address,
			  place.length < CALL_ADDRESS_SIZE ? place.length : CALL_ADDRESS_SIZE);
}

/* No address family has this number, and no socket is -1. */
static const uint8_t probe[CALL_ADDRESS_SIZE] = "\xff\xffnoself's own probe";

bool call_is_probe(const struct call *call)
{
	return call->fd == -1 && call->length == sizeof(probe) &&
	       memcmp(call->address, probe, sizeof(probe)) == 0;
}

bool call_probe(void)
{
	return sys_connect(-1, probe, sizeof(probe)) == CALL_PROBE_ANSWER;
}
