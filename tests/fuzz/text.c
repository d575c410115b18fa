/* SPDX-License-Identifier: MIT */
/* Prints a sequence, similar to C code that does the same, and its results. */
#include "fuzz.h"

const char *const host_names[HOSTS][2] = {
	[LOOPBACK] = {"127.0.0.1", "::1"},
	[LOOPBACK_2] = {"127.0.0.2", "fd00::2"},
	[OWN_ADDRESS] = {"192.0.2.7", "fd00::7"},
	[ANY] = {"0.0.0.0", "::"},
	[FOREIGN] = {"203.0.113.9", "2001:db8::9"},
	[HOLE] = {"198.51.100.1", "::ffff:198.51.100.1"},
	[MULTICAST] = {"224.0.0.1", "ff02::1"},
	[BROADCAST] = {"255.255.255.255", "fe80::1"},
	[MAPPED_LOOPBACK] = {"127.0.0.1", "::ffff:127.0.0.1"},
	[MAPPED_ANY] = {"0.0.0.0", "::ffff:0.0.0.0"},
	[MAPPED_OWN] = {"192.0.2.7", "::ffff:192.0.2.7"},
};

/* In the order of the enums. */
static const char *const kinds[] = {"TCP4", "TCP6", "MPTCP4", "MPTCP6", "UDP4", "UDP6", "UNIX"};
static const char *const presets[] = {"O_NONBLOCK",
				      "IP_BIND_ADDRESS_NO_PORT",
				      "IP_LOCAL_PORT_RANGE with free ports",
				      "IP_LOCAL_PORT_RANGE of one port, which is taken",
				      "SO_REUSEADDR",
				      "TCP_FASTOPEN_CONNECT",
				      "IPV6_V6ONLY",
				      "IP_FREEBIND"};
const char *const call_names[CALLS] = {"connect", "bind",     "getsockname", "sendto",
				       "sendmsg", "sendmmsg", "listen"};
static const char *const descriptors[] = {
	"fd", "dup(fd)", "(closed)", "-1", "(a file)", "(a pipe)", "fd, a listener in mid-dial"};
static const char *const controls[] = {"", ", control of no type", ", control too short",
				       ", control at an address that is not there"};
static const char *const ports[] = {"0", "named", "live", "live MPTCP", "dead"};
static const char *const places[] = {"stack",
				     "heap",
				     "static",
				     "another thread's stack",
				     "page end after",
				     "read-only",
				     "NULL",
				     "unmapped",
				     "unreadable page of the stack",
				     "page beyond a file's end"};

static void print_where(const char *what, struct where where)
{
	printf("%s: %s", what, places[where.place]);
	if (where.place == AT_PAGE_END)
		printf(" %u", where.have);
	else if (where.have)
		printf(" + %u", where.have);
}

static void print_address(const struct address *to)
{
	if (to->family == AF_INET || to->family == AF_INET6)
		printf("%s port %s", host_names[to->host][to->family == AF_INET6], ports[to->port]);
	else if (to->family == AF_UNIX)
		printf("unix name %d", (int)to->host % 5);
	else
		printf("family %d: %s port %s", to->family, host_names[to->host][0],
		       ports[to->port]);
	if (to->family == AF_INET6 && to->scope)
		printf(" scope %u", to->scope);
	printf(", length %d (", (int)to->length);
	print_where("address", to->where);
	putchar(')');
}

static void print_send(const struct step *s)
{
	printf(", flags %#x, %u bytes (", (unsigned)s->flags, s->size);
	print_where("data", s->data);
	if (s->call == SENDMSG) {
		printf(", ");
		print_where("msghdr", s->message);
	}
	printf("%s)", controls[s->control]);
	if (s->call == SENDMMSG)
		printf(", %d messages of which %u are there", (int)s->count, s->have_messages);
}

static void print_socket(const struct plan *plan)
{
	printf("  socket(%s)\n", kinds[plan->kind]);
	for (unsigned i = 0; i < PRESETS; i++)
		if (plan_has(plan, i))
			printf("  with %s\n", presets[i]);
}

static void print_step(const struct step *s)
{
	printf("  %s(%s, ", call_names[s->call], descriptors[s->descriptor]);
	if (s->call == LISTEN) {
		printf("%d", s->backlog);
	} else if (s->call == GETSOCKNAME) {
		print_where("name", s->name);
		printf(", length %d (", (int)s->room);
		print_where("word", s->length);
		putchar(')');
	} else {
		print_address(&s->to);
		if (s->call != CONNECT && s->call != BIND)
			print_send(s);
	}
	puts(")");
}

static void print_result(long result, int error)
{
	printf("%ld", result);
	if (result < 0)
		printf(" %s", strerrorname_np(error) ? strerrorname_np(error) : "(no errno)");
}

static void print_bytes(const unsigned char *bytes, size_t size)
{
	/* The rest did not change. */
	while (size > 0 && (bytes[size - 1] == 0xa5 || bytes[size - 1] == 0))
		size--;
	for (size_t i = 0; i < size; i++)
		printf("%s%02x", i % 4 ? "" : " ", bytes[i]);
}

static void print_outcome(const char *who, const struct step *step, const struct outcome *outcome)
{
	printf("    %-11s ", who);
	print_result(outcome->result, outcome->error);
	if (outcome->result >= 0 && outcome->error != UNTOUCHED)
		printf(", errno changed to %d", outcome->error);
	if (step->call == GETSOCKNAME) {
		printf(", length %d, name", (int)outcome->length);
		print_bytes(outcome->name, sizeof(outcome->name));
	}
	if (step->call == SENDMMSG)
		printf(", sent %#x %#x %#x", outcome->sent[0], outcome->sent[1], outcome->sent[2]);
	putchar('\n');
}

static void print_end(const char *who, const struct end_state *end)
{
	printf("    %-11s no_port %d, range %#x, SO_ERROR %d, flags %#o, listening %d, reuse %d\n",
	       who, end->no_port, (unsigned)end->range, end->error, (unsigned)end->flags,
	       end->listening, end->reuse);
	printf("    %-11s name %ld", "", end->name_result);
	print_bytes(end->name, sizeof(end->name));
	printf(", peer %ld", end->peer_result);
	print_bytes(end->peer, sizeof(end->peer));
	putchar('\n');
}

void text_print(const struct plan *plan, const struct record two[2])
{
	print_socket(plan);
	for (int i = 0; i < plan->steps; i++) {
		print_step(&plan->step[i]);
		print_outcome("interposed:", &plan->step[i], &two[INTERPOSED].outcome[i]);
		print_outcome("raw:", &plan->step[i], &two[RAW].outcome[i]);
	}
	puts("  and in the end");
	print_end("interposed:", &two[INTERPOSED].end);
	print_end("raw:", &two[RAW].end);
}
