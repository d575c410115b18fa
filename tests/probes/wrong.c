/* SPDX-License-Identifier: MIT */
/* Calls connect() with everything that is wrong, and says what each call gave. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in dead = {.sin_family = AF_INET};

static int tcp(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static void says(const char *what, int fd, const void *address, socklen_t length)
{
	errno = 0;
	int r = connect(fd, address, length);
	printf("%s: %d %s\n", what, r, r < 0 ? strerrorname_np(errno) : "-");
}

static int listening(struct sockaddr_in *at)
{
	socklen_t length = sizeof(*at);
	int fd = tcp();
	*at = dead;
	at->sin_port = 0;
	if (bind(fd, (struct sockaddr *)at, sizeof(*at)) != 0 || listen(fd, 5) != 0 ||
	    getsockname(fd, (struct sockaddr *)at, &length) != 0) {
		perror("listening");
		exit(3);
	}
	return fd;
}

int main(void)
{
	int on_pipe[2];
	struct sockaddr_in alive;
	struct sockaddr_in6 dead6 = {.sin6_family = AF_INET6, .sin6_port = htons(9)};
	struct sockaddr unspecified = {.sa_family = AF_UNSPEC};
	char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	dead.sin_port = htons(9);
	inet_pton(AF_INET, "127.0.0.1", &dead.sin_addr);
	inet_pton(AF_INET6, "::1", &dead6.sin6_addr);
	int listener = listening(&alive), connected = tcp();
	if (pipe(on_pipe) != 0 || mprotect(pages + 4096, 4096, PROT_NONE) != 0) {
		perror("setting up");
		return 3;
	}
	void *across = memcpy(pages + 4096 - 8, &dead, 8);

	says("closed descriptor", 999, &dead, sizeof(dead));
	says("descriptor -1", -1, &dead, sizeof(dead));
	says("pipe", on_pipe[0], &dead, sizeof(dead));
	says("NULL", tcp(), NULL, sizeof(dead));
	says("NULL, length 0", tcp(), NULL, 0);
	says("unmapped", tcp(), pages + 4096, sizeof(dead));
	says("half unmapped", tcp(), across, sizeof(dead));
	says("half unmapped, short enough", tcp(), across, 8);
	says("wild pointer", tcp(), (void *)1, sizeof(dead));
	says("length 0", tcp(), &dead, 0);
	says("length 1", tcp(), &dead, 1);
	says("length 2", tcp(), &dead, 2);
	says("length 15", tcp(), &dead, 15);
	says("length 128", tcp(), memcpy(malloc(128), &dead, sizeof(dead)), 128);
	says("length 129", tcp(), memcpy(malloc(256), &dead, sizeof(dead)), 129);
	says("length -1", tcp(), &dead, (socklen_t)-1);
	says("IPv6 address on IPv4", tcp(), &dead6, sizeof(dead6));
	says("IPv6 length 23", socket(AF_INET6, SOCK_STREAM, 0), &dead6, 23);
	says("IPv6 length 24", socket(AF_INET6, SOCK_STREAM, 0), &dead6, 24);
	says("IPv4 address on IPv6", socket(AF_INET6, SOCK_STREAM, 0), &dead, sizeof(dead));
	says("listening", listener, &alive, sizeof(alive));
	says("first", connected, &alive, sizeof(alive));
	says("connected already", connected, &alive, sizeof(alive));
	says("AF_UNSPEC on connected", connected, &unspecified, sizeof(unspecified));
	says("again after AF_UNSPEC", connected, &alive, sizeof(alive));
	says("AF_UNSPEC on fresh", tcp(), &unspecified, sizeof(unspecified));
	says("refused", tcp(), &dead, sizeof(dead));
	return 0;
}
