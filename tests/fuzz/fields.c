/* SPDX-License-Identifier: MIT */
/* What a call and its arguments may be: a table of choices for each. */
#include "fuzz.h"

static const struct choice calls[] = {
	{CONNECT, 4, "connect"}, {BIND, 5, "bind"},       {GETSOCKNAME, 5, "getsockname"},
	{SENDTO, 2, "sendto"},   {SENDMSG, 2, "sendmsg"}, {SENDMMSG, 1, "sendmmsg"},
	{LISTEN, 2, "listen"},
};
static const struct choice descriptors[] = {
	{OWN, 92, ""}, {DUPLICATE, 4, "dup()"}, {CLOSED, 1}, {-1, 1}, {STDIN_FILENO, 1, "a file"}};
static const struct choice families[] = {{AS_USUAL, 88}, {AF_UNSPEC, 4}, {AF_INET, 2},
					 {AF_INET6, 2},  {AF_UNIX, 2},   {77, 1}};
static const struct choice hosts[] = {
	{0, 10, "127.0.0.1", "::1"},
	{0, 2, "127.0.0.2", "fd00::2"},
	{0, 2, "192.0.2.7", "fd00::7"},
	{0, 2, "0.0.0.0", "::"},
	{0, 2, "203.0.113.9", "2001:db8::9"}, /* not an own address, and without a route */
	{0, 1, "224.0.0.1", "ff02::1"},
	{0, 1, "255.255.255.255", "fe80::1"}, /* a link-local address that does not exist */
	{MAPPED, 2, "127.0.0.1", "::ffff:127.0.0.1"},
	{MAPPED, 1, "0.0.0.0", "::ffff:0.0.0.0"},
	{MAPPED, 1, "192.0.2.7", "::ffff:192.0.2.7"},
	{MAPPED | UNANSWERED, 1, "198.51.100.1", "::ffff:198.51.100.1"},
};
/*
 * A dial never uses the port of a bind() in the same sequence: the socket would be connected to
 * itself, and there the twins must differ.
 */
static const struct choice dial_ports[] = {
	{DEAD, 5, "(nobody)"}, {LIVE, 2, "(server)"}, {LIVE_MPTCP, 1, "(MPTCP server)"}, {0, 2}};
static const struct choice bind_ports[] = {{0, 6}, {NAMED, 2, "(free)"}, {LIVE, 1, "(server)"}};
/*
 * Only bind() has a zone: a dial with one binds an IPv6 socket to that interface even if it fails,
 * and a deferred port cannot be allocated then. Nothing but such a failed dial leads to that.
 */
static const struct choice scopes[] = {{0, 90, ""}, {1, 3}, {2, 3}, {-1, 3}};
static const struct choice lengths[] = {
	{AS_USUAL, 68}, {0, 1},   {1, 1},   {2, 1},  {7, 1},         {8, 1},
	{15, 1},        {16, 1},  {17, 1},  {23, 1}, {24, 1},        {27, 1},
	{28, 1},        {110, 1}, {128, 1}, {-1, 1}, {INT32_MAX, 1}, {INT32_MIN, 1}};
static const struct choice flags[] = {
	{MSG_FASTOPEN, 2, "MSG_FASTOPEN"},
	{MSG_FASTOPEN | MSG_DONTWAIT, 1, "MSG_FASTOPEN | MSG_DONTWAIT"},
	{0, 1},
	{MSG_DONTWAIT, 1, "MSG_DONTWAIT"},
	{MSG_NOSIGNAL, 1, "MSG_NOSIGNAL"}};
static const struct choice sizes[] = {{4, 2, ""}, {0, 1}, {1, 1}, {100, 1}};
static const struct choice counts[] = {{1, 2}, {0, 1}, {2, 2}, {3, 1}, {1025, 1}, {-1, 1}};
static const struct choice backlogs[] = {{1, 1}, {0, 1}, {128, 1}, {-1, 1}, {INT32_MAX, 1}};

static const struct choice places[] = {
	{AT, 50},           {AT + 1, 4},    {AT + 2, 4},      {AT + 3, 4},   {READ_ONLY, 4},
	{READ_ONLY + 1, 2}, {CUT, 1},       {CUT + 1, 1},     {CUT + 2, 1},  {CUT + 3, 1},
	{CUT + 4, 1},       {CUT + 8, 1},   {CUT + 12, 1},    {CUT + 15, 1}, {CUT + 24, 1},
	{PAGE_END, 8},      {UNMAPPED, 10}, {NULL_POINTER, 5}};
/* C requires alignment for a structure with pointers, so the library may rely on it. */
static const struct choice message_places[] = {{AT, 57},      {READ_ONLY, 6}, {CUT, 1},
					       {CUT + 8, 1},  {CUT + 16, 1},  {CUT + 48, 1},
					       {CUT + 64, 5}, {CUT + 72, 1},  {CUT + 128, 2},
					       {PAGE_END, 8}, {UNMAPPED, 10}, {NULL_POINTER, 5}};

enum { NAMES = DIALS | 1 << BIND, ALL = (1 << CALLS) - 1 };

#define FIELD(name, table, calls)                                                                  \
	{                                                                                          \
		name, table, sizeof(table) / sizeof(*(table)), calls                               \
	}
const struct field_table fields[FIELDS] = {
	[CALL] = FIELD("", calls, 0),
	[DESCRIPTOR] = FIELD("descriptor", descriptors, ALL),
	[FAMILY] = FIELD("family", families, NAMES),
	[HOST] = FIELD("host", hosts, NAMES),
	[DIAL_PORT] = FIELD("port", dial_ports, DIALS),
	[BIND_PORT] = FIELD("port", bind_ports, 1 << BIND),
	[SCOPE] = FIELD("scope", scopes, 1 << BIND),
	[LENGTH] = FIELD("length", lengths, NAMES | 1 << GETSOCKNAME),
	[FLAGS] = FIELD("flags", flags, SENDS),
	[SIZE] = FIELD("bytes", sizes, SENDS),
	[COUNT] = FIELD("messages", counts, 1 << SENDMMSG),
	[BACKLOG] = FIELD("backlog", backlogs, 1 << LISTEN),
	[NAME_AT] = FIELD("name", places, NAMES | 1 << GETSOCKNAME),
	[LENGTH_AT] = FIELD("length at", places, 1 << GETSOCKNAME),
	[DATA_AT] = FIELD("data", places, SENDS),
	[MESSAGE_AT] = FIELD("message", message_places, 1 << SENDMSG | 1 << SENDMMSG),
};

int step_value(const struct step *step, enum field field)
{
	return fields[field].choices[step->choice[field]].value;
}

bool step_dials(const struct step *step)
{
	return DIALS >> step_value(step, CALL) & 1;
}

static void print_value(enum field field, int value)
{
	static const char *const places_text[] = {"at + ",          "read-only at + ",
						  "cut off after ", "at a page's end",
						  "unmapped",       "NULL"};
	if (field >= MEMORIES)
		printf("%d", value);
	else if (value < PAGE_END)
		printf("%s%d", places_text[value >> 8], value & 0xff);
	else
		fputs(places_text[value >> 8], stdout);
}

static bool is_usual(enum field field, const struct choice *c)
{
	return c->value == AS_USUAL || (field < MEMORIES && c->value == AT) ||
	       (c->text && !*c->text);
}

void step_print(const struct step *step)
{
	const int call = step_value(step, CALL);
	const char *separator = "";

	printf("  %s(", calls[call].text);
	for (int f = 0; f < FIELDS; f++) {
		const struct choice *c = &fields[f].choices[step->choice[f]];
		if (!(fields[f].calls >> call & 1) || is_usual(f, c))
			continue;
		printf("%s%s ", separator, fields[f].name);
		separator = ", ";
		if (c->text)
			printf("%s%s%s", c->text, c->text6 ? " or " : "", c->text6 ? c->text6 : "");
		else
			print_value(f, c->value);
	}
	puts(")");
}
