/* SPDX-License-Identifier: MIT */
/* What a reported system call dials: the socket, and the destination in the program's memory. */
#include "call.h"

#include "core/sys.h"
#include "filter.h"
#include "target.h"

/* Where the program has its destination: laid out as in the 64-bit struct msghdr. */
struct place {
	uint64_t address;
	uint32_t length;
};

static bool read_place(uint32_t tid, uint64_t at, bool is_32bit, struct place *place)
{
	uint32_t words[] = {0, 0};

	if (!is_32bit)
		return target_read(tid, at, place, sizeof(*place));
	const bool is_read = target_read(tid, at, words, sizeof(words));
	*place = (struct place){words[0], words[1]};
	return is_read;
}

/* In a struct msghdr it comes first; in the arguments of socketcall(), after the socket. */
static bool find(const struct seccomp_notif *n, int *fd, struct place *place)
{
	const __u64 *arguments = n->data.args;
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
		return read_place(n->pid, arguments[1], is_32bit, place);
	case KIND_SOCKETCALL:
		return target_read(n->pid, arguments[1], fd, sizeof(*fd)) &&
		       read_place(n->pid, arguments[1] + sizeof(*fd), is_32bit, place);
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
