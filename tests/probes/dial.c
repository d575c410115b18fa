/* SPDX-License-Identifier: MIT */
/* Dials an address in one of many ways, and prints a line for each dial:
 *     returned=OK result=OK port=50000 self=yes
 * "returned" is the result of the call, "result" that of the connection. More words follow if the
 * dial changed something. Exit 0 if no dial reached itself, 1 if one did, 2 for wrong use.
 *     dial [OPTION...] ADDRESS PORT
 * -n non-blocking  -m MPTCP  -f TCP_FASTOPEN_CONNECT  -t SO_SNDTIMEO
 * -s sendto, -g sendmsg, -G sendmmsg with MSG_FASTOPEN
 * -b ADDRESS, -p PORT bind first (to 0.0.0.0)  -r LOW[-HIGH] IP_LOCAL_PORT_RANGE first
 * -R prints that range afterwards  -c COUNT dials
 * -q prints only a summary: N dials, N refused, N reached themselves
 * -i for people: says where it is connected and stays until its input ends; exit 0 then */
#include "net.h"

#include <sys/time.h>

static bool on[128];    /* the letters of the given options */
static char call = 'c'; /* or s, g, G */
static const char *bind_address;
static int bind_port, low, high, count = 1;
static struct name to;

static long go(int fd)
{
	return dial_by(call, fd, &to, MSG_FASTOPEN);
}

static int prepared(void)
{
	const uint32_t range = (uint32_t)low | (uint32_t)high << 16;
	const struct timeval seconds = {.tv_sec = 2};
	int fd = new_socket(to.any.sa_family, SOCK_STREAM | (on['n'] ? SOCK_NONBLOCK : 0),
			    on['m'] ? PROTOCOL_MPTCP : 0);

	if (on['f'])
		set_option(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1);
	if (on['t'])
		must(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &seconds, sizeof(seconds)),
		     "SO_SNDTIMEO");
	if (range)
		set_option(fd, IPPROTO_IP, LOCAL_PORT_RANGE, (int)range);
	if (bind_address) {
		const struct name from = name_of(bind_address, bind_port);
		must(bind(fd, &from.any, from.length), "bind");
	}
	return fd;
}

/* Sends "ping" after a connect() that succeeded: 0 or an errno. */
static int sent_by(int fd)
{
	while (send(fd, "ping", 4, MSG_NOSIGNAL) < 0) {
		if (errno != EINPROGRESS && errno != EAGAIN)
			return errno;
		const int error = settled(fd);
		if (error)
			return error;
	}
	return settled(fd);
}

/* Dials once and prints the line; returns whether it reached itself. */
static bool dial(void)
{
	int fd = prepared();

	errno = UNTOUCHED;
	const long r = go(fd);
	const int after = errno;
	int error = r < 0 ? after : 0;
	printf("returned=%s", error_name(error));
	if (r >= 0 && after != UNTOUCHED)
		printf(" errno_changed=%d", after);
	if (error == EINPROGRESS)
		error = settled(fd);
	/* With TCP_FASTOPEN_CONNECT the kernel connects only when data are sent. */
	if (on['f'] && !error)
		error = sent_by(fd);
	const bool self = error == 0 && is_self(fd);
	printf(" result=%s", error_name(error));
	if (self && recv(fd, (char[4]){0}, 4, MSG_DONTWAIT) > 0)
		printf(" echo=yes");
	const int left = settled(fd);
	if (left)
		printf(" so_error=%s", error_name(left));
	if (on['R']) {
		const uint32_t range = (uint32_t)get_option(fd, IPPROTO_IP, LOCAL_PORT_RANGE);
		printf(" range=%u-%u", range & 0xffff, range >> 16);
	}
	printf(" port=%d self=%s\n", own_port(fd), self ? "yes" : "no");
	close_reset(fd);
	return self;
}

/* Many dials with as few calls as possible; returns whether one reached itself. */
static bool count_dials(void)
{
	long refused = 0, reached = 0;

	for (int i = 0; i < count; i++) {
		int fd = prepared();
		if (go(fd) >= 0)
			reached++;
		else if (errno == ECONNREFUSED)
			refused++;
		else
			must(-1, "dial");
		close_reset(fd);
	}
	printf("%d dials, %ld refused, %ld reached themselves\n", count, refused, reached);
	return reached != 0;
}

static int interact(const char *address, const char *port)
{
	const int fd = prepared();

	if (go(fd) < 0) {
		fprintf(stderr, "dial: connect: %s\n", strerror(errno));
		return 1;
	}
	printf("connected to %s:%s from port %d\n", address, port, own_port(fd));
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}

static bool read_option(int letter)
{
	on[letter & 127] = true;
	if (letter == 's' || letter == 'g' || letter == 'G')
		call = (char)letter;
	else if (letter == 'b')
		bind_address = optarg;
	else if (letter == 'p')
		bind_port = atoi(optarg);
	else if (letter == 'c')
		count = atoi(optarg);
	else if (letter == 'r' && sscanf(optarg, "%d-%d", &low, &high) == 1)
		high = low;
	return letter != '?';
}

int main(int argc, char **argv)
{
	int selves = 0, letter;
	bool good = true;

	while ((letter = getopt(argc, argv, "+nmftsgGb:p:r:Rc:qi")) != -1)
		good &= read_option(letter);
	if (!good || argc - optind != 2)
		return 2;
	to = name_of(argv[optind], atoi(argv[optind + 1]));
	if (on['p'] && !on['b'])
		bind_address = "0.0.0.0";
	if (on['i'])
		return interact(argv[optind], argv[optind + 1]);
	if (on['q'])
		return count_dials();
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 0; i < count; i++)
		selves += dial();
	return selves ? 1 : 0;
}
