/* SPDX-License-Identifier: MIT */
/* Binds 127.0.0.1 or another address without a port, looks at the port in the way that is named,
 * and holds it to what bare sockets do. Exit 0 and "good", or 1 and what was wrong. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

union name {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6; /* its port lies where sin_port does */
};

static const char *self;
static union name from;
static socklen_t from_length;

static void expect(int good, const char *what)
{
	if (good)
		return;
	printf("%s (errno %s)\n", what, strerrorname_np(errno));
	exit(1);
}

static int stream(void)
{
	int fd = socket(from.any.sa_family, SOCK_STREAM, 0);
	expect(fd >= 0, "no socket");
	return fd;
}

static int bound(void)
{
	int fd = stream();
	expect(bind(fd, &from.any, from_length) == 0, "bind failed");
	return fd;
}

static int port_of(int fd)
{
	union name name = {0};
	socklen_t length = sizeof(name);
	expect(getsockname(fd, &name.any, &length) == 0, "getsockname failed");
	expect(length == from_length, "a wrong length");
	return ntohs(name.in.sin_port);
}

static int looked(int fd)
{
	int port = port_of(fd);
	expect(port != 0, "port 0 was shown");
	return port;
}

static int child_says(pid_t child)
{
	int status = 0;
	expect(child > 0 && waitpid(child, &status, 0) == child, "no child");
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Dials the port: whether what looks like a listener is one. */
static void dial(int port)
{
	union name to = from;
	int fd = stream();
	to.in.sin_port = htons((uint16_t)port);
	expect(connect(fd, &to.any, from_length) == 0, "nobody listens there");
	close(fd);
}

static void twice(void)
{
	int fd = bound(), port = looked(fd);
	expect(looked(fd) == port, "two looks, two ports");
}

static void duplicate(void)
{
	int fd = bound(), other = dup(fd), port = looked(other);
	expect(looked(fd) == port, "another port through the duplicate");
}

static void forked(void)
{
	int fd = bound(), pair[2], port = 0;
	expect(pipe(pair) == 0, "no pipe");
	pid_t child = fork();
	if (child == 0) {
		port = looked(fd);
		_exit(write(pair[1], &port, sizeof(port)) != sizeof(port));
	}
	expect(child_says(child) && read(pair[0], &port, sizeof(port)) == sizeof(port),
	       "the child saw no port");
	expect(looked(fd) == port, "the child saw another port");
}

/* The new program looks at what it was handed as descriptor 5. */
static void across_exec(void)
{
	expect(dup2(bound(), 5) == 5, "no descriptor 5");
	char address[INET6_ADDRSTRLEN];
	inet_ntop(from.any.sa_family,
		  from.any.sa_family == AF_INET ? (void *)&from.in.sin_addr
						: (void *)&from.in6.sin6_addr,
		  address, sizeof(address));
	execl(self, self, address, "handed", (char *)NULL);
	expect(0, "no exec");
}

static void handed(void)
{
	int port = looked(5);
	expect(looked(5) == port, "two looks, two ports");
}

static void send_descriptor(int by, int fd)
{
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = {0};
	struct iovec part = {"x", 1};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof(control)};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	expect(sendmsg(by, &message, 0) == 1, "not sent");
}

static int received_descriptor(int by)
{
	char byte, control[CMSG_SPACE(sizeof(int))];
	struct iovec part = {&byte, 1};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = control,
				 .msg_controllen = sizeof(control)};
	int fd;
	expect(recvmsg(by, &message, 0) == 1 && CMSG_FIRSTHDR(&message), "not received");
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

/* Another process gets the socket over a unix one. */
static void passed(void)
{
	int pair[2], port;
	expect(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "no pair");
	pid_t child = fork();
	if (child == 0) {
		close(pair[0]);
		port = looked(received_descriptor(pair[1]));
		_exit(write(pair[1], &port, sizeof(port)) != sizeof(port));
	}
	close(pair[1]);
	int fd = bound();
	send_descriptor(pair[0], fd);
	expect(read(pair[0], &port, sizeof(port)) == sizeof(port) && child_says(child),
	       "the receiver saw no port");
	expect(looked(fd) == port, "the receiver saw another port");
}

/* What FTP's active mode does: look, tell the port, and listen on it. */
static void listen_after(void)
{
	int fd = bound(), port = looked(fd);
	expect(listen(fd, 1) == 0, "listen failed");
	expect(looked(fd) == port, "listen() changed the port");
	dial(port);
}

static void listen_without(void)
{
	int fd = bound();
	expect(listen(fd, 1) == 0, "listen failed");
	dial(looked(fd));
}

/* The port that was seen is the one that is dialled from. */
static void connect_after(void)
{
	int listener = bound(), fd = bound(), port = looked(fd);
	union name to = from;
	to.in.sin_port = htons((uint16_t)looked(listener));
	expect(listen(listener, 1) == 0, "listen failed");
	expect(connect(fd, &to.any, from_length) == 0, "connect failed");
	expect(looked(fd) == port, "connect() changed the port");
}

static void second_bind(void)
{
	int fd = bound();
	union name named = from;
	named.in.sin_port = htons(20001);
	expect(bind(fd, &from.any, from_length) == -1 && errno == EINVAL, "a second bind()");
	expect(bind(fd, &named.any, from_length) == -1 && errno == EINVAL, "a third bind()");
	int port = looked(fd);
	expect(bind(fd, &from.any, from_length) == -1 && errno == EINVAL, "a fourth bind()");
	expect(looked(fd) == port, "bind() changed the port");
}

/* A look at a socket that was never bound binds nothing. */
static void unbound(void)
{
	union name name = {0};
	socklen_t length = sizeof(name);
	int fd = stream();
	expect(port_of(fd) == 0 && port_of(fd) == 0, "a port");
	expect(getsockname(fd, &name.any, &length) == 0, "getsockname failed");
	expect(name.in.sin_addr.s_addr == 0, "an address");
	expect(bind(fd, &from.any, from_length) == 0, "bound before bind()");
	looked(fd);
}

static void short_buffer(void)
{
	unsigned char bytes[sizeof(union name)];
	int fd = bound();
	for (socklen_t room = 0; room < from_length; room++) {
		socklen_t length = room;
		memset(bytes, 0x55, sizeof(bytes));
		expect(getsockname(fd, (struct sockaddr *)bytes, &length) == 0, "failed");
		expect(length == from_length, "a wrong length");
		expect(bytes[room] == 0x55, "written too far");
		expect(room < 4 || bytes[2] || bytes[3], "port 0 in a short buffer");
	}
}

static void null_buffer(void)
{
	int fd = bound();
	socklen_t length = 0;
	expect(getsockname(fd, NULL, &length) == 0 && length == from_length, "NULL with length 0");
	length = sizeof(union name);
	expect(getsockname(fd, NULL, &length) == -1 && errno == EFAULT, "NULL with length");
	expect(getsockname(fd, &(union name){0}.any, NULL) == -1 && errno == EFAULT, "no length");
	looked(fd);
}

/* The length at `word`, the name at `name`. */
static void look_there(struct sockaddr *name, socklen_t *word)
{
	int fd = bound(), port;
	*word = from_length;
	expect(getsockname(fd, name, word) == 0 && *word == from_length, "getsockname failed");
	port = ((struct sockaddr_in *)name)->sin_port;
	expect(port != 0, "port 0 was shown");
	expect(looked(fd) == ntohs((uint16_t)port), "another port");
}

static void on_heap(void)
{
	look_there(malloc(from_length), malloc(sizeof(socklen_t)));
}

static void in_static(void)
{
	static union name name;
	static socklen_t length;
	look_there(&name.any, &length);
}

/* Both end with the last byte of a page, behind which nothing may be read. */
static void at_page_end(void)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *end[2];
	for (int i = 0; i < 2; i++) {
		char *two = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		expect(two != MAP_FAILED && mprotect(two + page, page, PROT_NONE) == 0, "no page");
		end[i] = two + page;
	}
	look_there((struct sockaddr *)(end[0] - from_length), (socklen_t *)(end[1] - 4));
}

static void *from_thread(void *nothing)
{
	union name name;
	socklen_t length;
	look_there(&name.any, &length);
	return nothing;
}

static void in_thread(void)
{
	pthread_t thread;
	expect(pthread_create(&thread, NULL, from_thread, NULL) == 0, "no thread");
	pthread_join(thread, NULL);
}

struct words {
	union name name;
	socklen_t length;
};

static void *look_for_another(void *words)
{
	struct words *theirs = words;
	look_there(&theirs->name.any, &theirs->length);
	return NULL;
}

/* A thread looks into the memory of another one's stack. */
static void in_other_stack(void)
{
	struct words mine;
	pthread_t thread;
	expect(pthread_create(&thread, NULL, look_for_another, &mine) == 0, "no thread");
	pthread_join(thread, NULL);
}

static void unmapped(void)
{
	int fd = stream();
	void *nowhere = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect(bind(fd, nowhere, from_length) == -1 && errno == EFAULT, "bind of nothing");
	expect(bind(fd, NULL, from_length) == -1 && errno == EFAULT, "bind of NULL");
	expect(getsockname(fd, nowhere, nowhere) == -1 && errno == EFAULT, "a look into nothing");
	expect(port_of(fd) == 0, "a port");
}

static const struct {
	const char *name;
	void (*go)(void);
} ways[] = {
	{"twice", twice},
	{"duplicate", duplicate},
	{"forked", forked},
	{"exec", across_exec},
	{"handed", handed},
	{"passed", passed},
	{"listen-after", listen_after},
	{"listen-without", listen_without},
	{"connect-after", connect_after},
	{"second-bind", second_bind},
	{"unbound", unbound},
	{"short", short_buffer},
	{"null", null_buffer},
	{"heap", on_heap},
	{"static", in_static},
	{"page-end", at_page_end},
	{"thread", in_thread},
	{"other-stack", in_other_stack},
	{"unmapped", unmapped},
};

int main(int argc, char **argv)
{
	self = argv[0];
	if (argc == 3 && inet_pton(AF_INET, argv[1], &from.in.sin_addr) == 1) {
		from.in.sin_family = AF_INET;
		from_length = sizeof(from.in);
	} else if (argc == 3 && inet_pton(AF_INET6, argv[1], &from.in6.sin6_addr) == 1) {
		from.in6.sin6_family = AF_INET6;
		from_length = sizeof(from.in6);
	} else {
		fprintf(stderr, "usage: bind_looks ADDRESS WAY\n");
		return 2;
	}
	for (unsigned i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		if (strcmp(argv[2], ways[i].name) != 0)
			continue;
		ways[i].go();
		puts("good");
		return 0;
	}
	fprintf(stderr, "bind_looks: no way '%s'\n", argv[2]);
	return 2;
}
