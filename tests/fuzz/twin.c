/* SPDX-License-Identifier: MIT */
/* Performs a sequence on two sockets, by the library on one and by raw system calls on the other,
 * and records all that a program can see. */
#include "fuzz.h"

#include <fcntl.h>
#include <sys/syscall.h>

#define CALL_BY(way, name, ...)                                                                    \
	((way) == RAW ? syscall(SYS_##name, __VA_ARGS__) : name(__VA_ARGS__))

/* What the call gets; each call uses a part. */
struct arguments {
	void *name, *length_word, *data, *message;
	socklen_t length;
	size_t size;
	int flags;
};

static struct arguments prepare(const struct step *s, sa_family_t family, unsigned char low)
{
	static const char data[NAME_SIZE] = "ping";
	/* Static, so that the padding and the pointers of both twins are the same. */
	static struct mmsghdr messages[3];
	static struct iovec part;
	unsigned char name[NAME_SIZE] = "";
	struct arguments a = {.length = world_address(s, family, low, name),
			      .size = (size_t)step_value(s, SIZE),
			      .flags = step_value(s, FLAGS)};

	if (step_value(s, LENGTH) != AS_USUAL)
		a.length = (socklen_t)step_value(s, LENGTH);
	a.name = memory_at(NAME_AT, step_value(s, NAME_AT), name,
			   a.length < NAME_SIZE ? a.length : NAME_SIZE);
	a.length_word = memory_at(LENGTH_AT, step_value(s, LENGTH_AT), &a.length, sizeof(a.length));
	a.data = memory_at(DATA_AT, step_value(s, DATA_AT), data, a.size);
	part = (struct iovec){a.data, a.size};
	for (int i = 0; i < 3; i++) {
		messages[i].msg_hdr.msg_name = a.name;
		messages[i].msg_hdr.msg_namelen = a.length;
		messages[i].msg_hdr.msg_iov = &part;
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	a.message = memory_at(MESSAGE_AT, step_value(s, MESSAGE_AT), messages,
			      step_value(s, CALL) == SENDMMSG ? sizeof(messages)
							      : sizeof(messages[0].msg_hdr));
	return a;
}

static long perform(enum way way, int fd, const struct step *s, const struct arguments *a)
{
	switch (step_value(s, CALL)) {
	case CONNECT:
		return CALL_BY(way, connect, fd, a->name, a->length);
	case BIND:
		return CALL_BY(way, bind, fd, a->name, a->length);
	case GETSOCKNAME:
		return CALL_BY(way, getsockname, fd, a->name, a->length_word);
	case SENDTO:
		return CALL_BY(way, sendto, fd, a->data, a->size, a->flags, a->name, a->length);
	case SENDMSG:
		return CALL_BY(way, sendmsg, fd, a->message, a->flags);
	case SENDMMSG:
		return CALL_BY(way, sendmmsg, fd, a->message, (unsigned)step_value(s, COUNT),
			       a->flags);
	default:
		return CALL_BY(way, listen, fd, step_value(s, BACKLOG));
	}
}

/*
 * Packets on loopback arrive while they are sent, except for once in 100,000 times, when the kernel
 * handles them later. Wait for them, so that the comparison does not depend on timing.
 */
static void settle(int fd, const struct step *s, const struct outcome *out)
{
	struct pollfd one = {.fd = fd, .events = POLLOUT};
	if (out->result > 0 || (out->result == 0 && step_value(s, CALL) == CONNECT) ||
	    out->error == EINPROGRESS)
		poll(&one, 1, PATIENCE);
}

static void step(enum way way, int fd, const struct step *s, const struct arguments *a,
		 struct outcome *out)
{
	errno = UNTOUCHED;
	out->result = perform(way, fd, s, a);
	out->error = errno;
	for (int i = 0; i < MEMORIES; i++)
		memory_copy(i, out->memory[i]);
	/*
	 * If a page ends within the name, the kernel writes the part before that and returns
	 * EFAULT. That part is not compared: it may show port 0 if the port was deferred.
	 */
	unsigned char *name = out->memory[NAME_AT];
	if (step_value(s, CALL) == GETSOCKNAME && out->result < 0 && !name[2] && !name[3])
		name[2] = EPHEMERAL >> 8;
	subject_mask(name);
}

static void twin_perform(const struct plan *plan, enum way way, struct record *record)
{
	static unsigned char runs; /* each twin has another port from NAMED */
	socklen_t length = sizeof(record->end.name);
	const int fd = subject_open(plan), duplicate = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	runs++;
	memset(record, 0, sizeof(*record));
	for (int i = 0; i < plan->steps; i++) {
		const struct step *s = &plan->step[i];
		const struct arguments a = prepare(s, subject_family(plan), runs);
		const int value = step_value(s, DESCRIPTOR);
		const int at = value == OWN ? fd : value == DUPLICATE ? duplicate : value;
		step(way, at, s, &a, &record->outcome[i]);
		if (step_dials(s) && plan->kind <= MPTCP6 && !plan_is_unanswered(plan))
			settle(at, s, &record->outcome[i]);
	}
	subject_end(fd, &record->end);
	record->end.name_result = CALL_BY(way, getsockname, fd, (void *)record->end.name, &length);
	subject_mask(record->end.name);
	close(duplicate);
	close_reset(fd);
}

bool twins_differ(const struct plan *plan, enum way first, struct record record[WAYS])
{
	twin_perform(plan, first, &record[first]);
	twin_perform(plan, !first, &record[!first]);
	return memcmp(&record[0], &record[1], sizeof(record[0])) != 0;
}

static void print_outcome(const char *who, const struct outcome *outcome,
			  const struct outcome *other)
{
	static const char *const names[MEMORIES] = {"name", "length", "data", "message"};

	printf("    %-11s %ld", who, outcome->result);
	if (outcome->result < 0)
		printf(" %s", outcome->error ? strerrorname_np(outcome->error) : "(no errno)");
	else if (outcome->error != UNTOUCHED)
		printf(", errno changed to %d", outcome->error);
	for (int i = 0; i < MEMORIES; i++)
		if (memcmp(outcome->memory[i], other->memory[i], AREA) != 0)
			subject_print_bytes(names[i], outcome->memory[i], AREA);
	putchar('\n');
}

void twins_print(const struct plan *plan, const struct record record[WAYS])
{
	static const char *const who[WAYS] = {"interposed:", "raw:"};

	subject_print(plan);
	for (int i = 0; i < plan->steps; i++) {
		step_print(&plan->step[i]);
		for (int way = 0; way < WAYS; way++)
			print_outcome(who[way], &record[way].outcome[i], &record[!way].outcome[i]);
	}
	puts("  and in the end");
	for (int way = 0; way < WAYS; way++) {
		printf("    %-11s ", who[way]);
		subject_print_end(&record[way].end);
	}
}
