/* SPDX-License-Identifier: MIT */
/* Binds one socket and says what that left: what bind() gave, the hint as the program reads it, the
 * port as the kernel has it, and the port as the program sees it. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PROTOCOL_MPTCP = 262, NO_PORT_HINT = 24 };

static const char usage[] =
	"usage: bind_trace [-m|-u] [-o 0|1] [-s] ADDRESS PORT\n"
	"-m MPTCP  -u UDP  -o the program sets the hint itself  -s bind a second time\n";

static socklen_t name_of(const char *address, int port, struct sockaddr_in6 *name)
{
	struct sockaddr_in *in = (struct sockaddr_in *)name;

	*name = (struct sockaddr_in6){.sin6_port = htons((uint16_t)port)};
	if (inet_pton(AF_INET6, address, &name->sin6_addr) == 1) {
		name->sin6_family = AF_INET6;
		return sizeof(*name);
	}
	if (inet_pton(AF_INET, address, &in->sin_addr) != 1)
		exit(2);
	in->sin_family = AF_INET;
	return sizeof(*in);
}

static void say_bind(const char *what, int fd, const struct sockaddr_in6 *name, socklen_t length)
{
	int r = bind(fd, (const struct sockaddr *)name, length);
	printf("%s=%s ", what, r == 0 ? "OK" : strerrorname_np(errno));
}

static void say_port(const char *what, const struct sockaddr_in6 *name)
{
	/* sin_port and sin6_port lie in the same place. */
	printf("%s=%s ", what, name->sin6_port ? "yes" : "no");
}

int main(int argc, char **argv)
{
	int type = SOCK_STREAM, protocol = 0, own = -1, hint, option;
	bool second = false;
	struct sockaddr_in6 name, seen = {0};

	while ((option = getopt(argc, argv, "muo:s")) != -1) {
		switch (option) {
		case 'm':
			protocol = PROTOCOL_MPTCP;
			break;
		case 'u':
			type = SOCK_DGRAM;
			break;
		case 'o':
			own = atoi(optarg);
			break;
		case 's':
			second = true;
			break;
		default:
			fputs(usage, stderr);
			return 2;
		}
	}
	if (argc - optind != 2) {
		fputs(usage, stderr);
		return 2;
	}
	socklen_t length = name_of(argv[optind], atoi(argv[optind + 1]), &name);
	int fd = socket(name.sin6_family, type, protocol);
	if (fd < 0 || (own >= 0 && setsockopt(fd, IPPROTO_IP, NO_PORT_HINT, &own, sizeof(own)))) {
		perror("bind_trace");
		return 2;
	}
	say_bind("bind", fd, &name, length);
	if (second)
		say_bind("second", fd, &name, length);
	length = sizeof(hint);
	if (getsockopt(fd, IPPROTO_IP, NO_PORT_HINT, &hint, &length))
		hint = -errno;
	printf("hint=%d ", hint);
	length = sizeof(seen);
	syscall(SYS_getsockname, fd, &seen, &length);
	say_port("taken", &seen);
	length = sizeof(seen);
	if (getsockname(fd, (struct sockaddr *)&seen, &length))
		return 3;
	say_port("shown", &seen);
	if (!seen.sin6_port)
		printf("number=0");
	else
		printf("number=%s",
		       ntohs(seen.sin6_port) == atoi(argv[optind + 1]) ? "named" : "any");
	putchar('\n');
	return 0;
}
