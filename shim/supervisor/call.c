/* SPDX-License-Identifier: MIT */
/* What a reported system call dials: the socket, and the destination in the program's memory. */
#include "call.h"

#include "core/sys.h"
#include "filter.h"
#include "target.h"

/* Where a call has its destination. */
struct place {
	uint64_t address;
	uint32_t length;
};

/* The head of a struct msghdr with 32-bit pointers. */
struct head32 {
	uint32_t address, length;
};

static bool read_head(uint32_t tid, uint64_t message, bool is_32bit, struct place *place)
{
	struct head32 head = {0, 0};

	if (!is_32bit)
		return target_read(tid, message, place, sizeof(*place));
	if (!target_read(tid, message, &head, sizeof(head)))
		return false;
	*place = (struct place){head.address, head.length};
	return true;
}

/* The arguments of a call are in registers, but for socketcall(), where they are in memory. */
static bool find(const struct seccomp_notif *n, int *fd, struct place *place)
{
	const __u64 *arguments = n->data.args;
	uint32_t words[3] = {0, 0, 0};
	bool is_32bit;

	*fd = (int)arguments[0];
	switch (filter_kind(&n->data, &is_32bit)) {
	case KIND_CONNECT:
		*place = (struct place){arguments[1], (uint32_t)arguments[2]};
		return true;
	case KIND_SENDTO:
		*place = (struct place){arguments[4], (uint32_t)arguments[5]};
		return true;
	case KIND_SENDMSG:
		return read_head(n->pid, arguments[1], is_32bit, place);
	case KIND_SOCKETCALL:
		if (!target_read(n->pid, arguments[1], words, sizeof(words)))
			return false;
		*fd = (int)words[0];
		*place = (struct place){words[1], words[2]};
		return true;
	default:
		return false;
	}
}

bool call_read(const struct seccomp_notif *notification, struct call *call)
{
	union socket_name name;
	struct place place;

	if (!find(notification, &call->fd, &place))
		return false;
	if (place.length > sizeof(name))
		place.length = sizeof(name);
	if (!target_read(notification->pid, place.address, &name, place.length))
		return false;
	call->to = endpoint_of(&name, place.length);
	return call->to.port != 0;
}

/* No socket is -1, and no address has this length. */
enum { PROBE_LENGTH = 0x6e6f73 };

bool call_is_probe(const struct seccomp_notif *notification)
{
	const __u64 *arguments = notification->data.args;
	bool is_32bit;

	return filter_kind(&notification->data, &is_32bit) == KIND_CONNECT &&
	       (int)arguments[0] == -1 && arguments[1] == 0 && arguments[2] == PROBE_LENGTH;
}

bool call_probe(void)
{
	return sys_connect(-1, NULL, PROBE_LENGTH) == CALL_PROBE_ANSWER;
}
