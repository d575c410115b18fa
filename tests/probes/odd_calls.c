/* SPDX-License-Identifier: MIT */
/* Dials with invalid addresses, lengths and sockets; prints the result of each. */
#include "net.h"

#include <sys/mman.h>

static void say(const char *what, long r)
{
	printf("%s: %s\n", what, error_name(r < 0 ? errno : 0));
}

static int stream(void)
{
	return new_socket(AF_INET, SOCK_STREAM, 0);
}

/* An address in memory that ends `after` bytes after its start. */
static const struct sockaddr *at_the_edge(const struct name *to, size_t after)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *pages =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	munmap(pages + page, page);
	return memcpy(pages + page - after, &to->any,
		      after < sizeof(to->in) ? after : sizeof(to->in));
}

int main(void)
{
	const struct name to = loopback(50000), nowhere = loopback(0);
	const struct sockaddr unspecified = {.sa_family = AF_UNSPEC}, unknown = {.sa_family = 99};
	const socklen_t lengths[] = {0, 2, 4, 15, 16, 28, 128, 129, 0x7fffffff, (socklen_t)-1};
	const int listener = stream();

	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		struct sockaddr_storage large = {0};
		memcpy(&large, &to.in, sizeof(to.in));
		printf("%u bytes, ", (unsigned)lengths[i]);
		say("all there", connect(stream(), (struct sockaddr *)&large, lengths[i]));
		printf("%u bytes, ", (unsigned)lengths[i]);
		say("16 there", connect(stream(), at_the_edge(&to, 16), lengths[i]));
	}
	say("8 bytes there", connect(stream(), at_the_edge(&to, 8), 16));
	say("no address", connect(stream(), NULL, 16));
	say("a bad address", connect(stream(), (void *)-1, 16));
	say("no such descriptor", connect(999, &to.any, to.length));
	say("-1", connect(-1, &to.any, to.length));
	say("a file", connect(must(memfd_create("file", 0), "memfd_create"), &to.any, to.length));
	say("UDP", connect(new_socket(AF_INET, SOCK_DGRAM, 0), &to.any, to.length));
	say("another family", connect(new_socket(AF_INET6, SOCK_STREAM, 0), &to.any, to.length));
	say("port 0", connect(stream(), &nowhere.any, nowhere.length));
	say("AF_UNSPEC", connect(stream(), &unspecified, sizeof(unspecified)));
	say("an unknown family", connect(stream(), &unknown, sizeof(unknown)));
	must(listen(listener, 1), "listen");
	say("a listener", connect(listener, &to.any, to.length));
	say("sendto, no address", sendto(stream(), "x", 1, MSG_FASTOPEN, NULL, 0));
	say("sendto, a bad length", sendto(stream(), "x", 1, MSG_FASTOPEN, &to.any, 3));
	say("sendmsg, no message", sendmsg(stream(), (void *)8, MSG_FASTOPEN));
	say("sendmmsg, no message", sendmmsg(stream(), (void *)8, 1, MSG_FASTOPEN));
	return 0;
}
