/* SPDX-License-Identifier: MIT */
/* Runs a sequence on its own socket, by the library or by raw system calls, and records all that a
 * program could see of it. */
#include "fuzz.h"

#include <fcntl.h>

enum { PATTERN_WORD = 0x5a5a5a5a };

static void look(enum way way, int fd, const struct step *s, struct outcome *out)
{
	unsigned char name_on_stack[AREA], length_on_stack[AREA];
	struct spot name = memory_at(FOR_NAME, s->name, name_on_stack, NULL, 0), word;

	word = memory_at(FOR_LENGTH, s->length, length_on_stack, &s->room, sizeof(s->room));
	errno = UNTOUCHED;
	out->result = call_perform(way, GETSOCKNAME, fd, name.pointer, 0, 0, word.pointer, 0);
	out->error = errno;
	if (word.view)
		memcpy(&out->length, word.view,
		       word.size < sizeof(out->length) ? word.size : sizeof(out->length));
	if (name.view)
		memcpy(out->name, name.view, name.size);
	/*
	 * If a page ends within the name, the kernel writes the part before that and returns
	 * EFAULT. That part is not compared: it may show port 0 if the port was deferred.
	 */
	if (out->result < 0 && out->name[2] == 0 && out->name[3] == 0)
		out->name[2] = EPHEMERAL_HIGH;
	subject_mask(out->name, s->room < name.size ? s->room : name.size);
}

/* The messages of a sendmmsg(): the first `have_messages` of them lie at the end of a page. */
static void send_many(enum way way, int fd, const struct step *s, const struct msghdr *header,
		      struct outcome *out)
{
	unsigned char on_stack[AREA];
	struct mmsghdr messages[3];
	const size_t size = s->have_messages * sizeof(*messages);

	for (int i = 0; i < 3; i++)
		messages[i] = (struct mmsghdr){*header, PATTERN_WORD};
	const struct where where = {s->have_messages < s->count ? AT_PAGE_END : s->message.place,
				    (unsigned)size};
	struct spot spot = memory_at(FOR_MESSAGE, where, on_stack, messages, size);
	errno = UNTOUCHED;
	out->result = call_perform(way, SENDMMSG, fd, spot.pointer, s->count, s->flags, NULL, 0);
	out->error = errno;
	for (unsigned i = 0; spot.view && i < s->have_messages; i++)
		memcpy(&out->sent[i],
		       spot.view + i * sizeof(*messages) + offsetof(struct mmsghdr, msg_len),
		       sizeof(out->sent[i]));
}

/* A control message that the kernel rejects only after a fast open has connected. */
static void add_control(struct msghdr *message, enum control control)
{
	static struct cmsghdr header = {sizeof(header), SOL_SOCKET, 9999};

	if (control == NO_CONTROL)
		return;
	message->msg_control = control == BAD_POINTER ? (void *)16 : &header;
	message->msg_controllen = control == BAD_LENGTH ? sizeof(header) - 1 : sizeof(header);
}

static void send_one(enum way way, int fd, const struct step *s, void *to, struct outcome *out)
{
	static const char content[128] = "ping";
	unsigned char data_on_stack[AREA], message_on_stack[AREA];
	struct spot data = memory_at(FOR_DATA, s->data, data_on_stack, content, s->size);
	struct iovec part = {data.pointer, s->size};
	struct msghdr header = {
		.msg_name = to, .msg_namelen = s->to.length, .msg_iov = &part, .msg_iovlen = 1};

	add_control(&header, s->control);
	errno = UNTOUCHED;
	if (s->call == SENDTO) {
		out->result = call_perform(way, SENDTO, fd, data.pointer, s->size, s->flags, to,
					   s->to.length);
	} else if (s->call == SENDMSG) {
		struct spot message = memory_at(FOR_MESSAGE, s->message, message_on_stack, &header,
						sizeof(header));
		out->result = call_perform(way, SENDMSG, fd, message.pointer, (size_t)s->flags, 0,
					   NULL, 0);
	} else {
		send_many(way, fd, s, &header, out);
		return;
	}
	out->error = errno;
}

/*
 * Packets on loopback arrive while they are sent, except for once in 100,000 times, when the kernel
 * handles them later. Wait for them, so that the comparison does not depend on timing.
 */
static void settle(int fd, enum call call, const struct outcome *out)
{
	struct pollfd one = {.fd = fd, .events = POLLOUT};
	if (out->result > 0 || (out->result == 0 && call == CONNECT) || out->error == EINPROGRESS)
		poll(&one, 1, PATIENCE);
}

static void step(struct world *world, const struct plan *plan, enum way way, int fd,
		 const struct step *s, struct outcome *out)
{
	unsigned char bytes[128], to_on_stack[AREA];
	struct address to = s->to;

	if (s->call == LISTEN) {
		errno = UNTOUCHED;
		out->result =
			call_perform(way, LISTEN, fd, (void *)(intptr_t)s->backlog, 0, 0, NULL, 0);
		out->error = errno;
		return;
	}
	if (s->call == GETSOCKNAME) {
		look(way, fd, s, out);
		return;
	}
	/* Do not wait for an address that never answers. */
	if (to.host == HOLE && !plan_has(plan, NONBLOCKING) && s->descriptor != REPLACED)
		to.host = FOREIGN;
	world_address(world, &to, bytes);
	struct spot spot = memory_at(FOR_NAME, to.where, to_on_stack, bytes, sizeof(bytes));
	errno = UNTOUCHED;
	if (s->descriptor == REPLACED) {
		out->result = replaced_dial(way, fd, spot.pointer, to.length);
		out->error = errno;
	} else if (s->call == CONNECT || s->call == BIND) {
		out->result = call_perform(way, s->call, fd, spot.pointer, to.length, 0, NULL, 0);
		out->error = errno;
	} else {
		send_one(way, fd, s, spot.pointer, out);
	}
	if (s->call != BIND && plan_is_tcp(plan) && !plan_may_wait(plan))
		settle(fd, s->call, out);
}

void twin_perform(struct world *world, const struct plan *plan, enum way way, struct record *record)
{
	int duplicate = -1;

	memset(record, 0, sizeof(*record));
	world->runs++;
	const int fd = subject_open(plan);
	for (int i = 0; i < plan->steps; i++) {
		const struct step *s = &plan->step[i];
		if (s->descriptor == DUPLICATE && duplicate < 0)
			must(duplicate = fcntl(fd, F_DUPFD_CLOEXEC, 0), "dup");
		const int descriptors[] = {
			[OWN] = fd,      [DUPLICATE] = duplicate, [CLOSED] = world->closed,
			[NEGATIVE] = -1, [A_FILE] = world->file,  [A_PIPE] = world->pipe,
			[REPLACED] = fd,
		};
		step(world, plan, way, descriptors[s->descriptor], s, &record->outcome[i]);
	}
	subject_end(way, fd, &record->end);
	if (duplicate >= 0)
		close(duplicate);
	close_reset(fd);
}
