/* SPDX-License-Identifier: MIT */
/* The network namespaces of supervised sockets: their ephemeral ports, and which addresses are own.
 */
#include "netns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/raw_syscall.h"
#include "core/sys.h"
#include "core/tcpsock.h"

enum {
	NETNS_COOKIE = 71,            /* SO_NETNS_COOKIE, Linux 5.14 */
	NAMESPACE_OF_SOCKET = 0x894c, /* SIOCGSKNS */
	DEFAULT_LOW = 32768,
	DEFAULT_HIGH = 60999,
};

uint64_t netns_cookie(int socket, int name)
{
	uint64_t cookie = 0;
	const long r = sys_get_option_bytes(socket, SOL_SOCKET, name, &cookie, sizeof(cookie));
	return r < 0 ? 0 : cookie;
}

static uint64_t cookie_of(int socket)
{
	return netns_cookie(socket, NETNS_COOKIE);
}

/* Opens the files of this process's network namespace. */
static void open_files(struct netns *netns)
{
	netns->range_fd =
		(int)sys_open("/proc/sys/net/ipv4/ip_local_port_range", O_RDONLY | O_CLOEXEC, 0);
	netns->reserved_fd = (int)sys_open("/proc/sys/net/ipv4/ip_local_reserved_ports",
					   O_RDONLY | O_CLOEXEC, 0);
}

struct netns_table *netns_create(void)
{
	struct netns_table *table = mmap(NULL, sizeof(*table), PROT_READ | PROT_WRITE,
					 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (table == MAP_FAILED)
		return NULL;
	table->udp4 = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	table->udp6 = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	table->own.cookie = cookie_of(table->udp4 >= 0 ? table->udp4 : table->udp6);
	open_files(&table->own);
	return table;
}

/* Enters the socket's namespace, and the user namespace that has the rights to do so. */
static bool enter(int socket, int pidfd)
{
	setns(pidfd, CLONE_NEWUSER); /* fails where it is the same one, which does no harm */
	const int fd = ioctl(socket, NAMESPACE_OF_SOCKET);
	return fd >= 0 && setns(fd, CLONE_NEWNET) == 0 && sys_close(fd) == 0;
}

/*
 * A child that shares the table of descriptors opens the files in the other namespace: the
 * supervisor could not come back from it without privileges. Where it cannot enter, they stay
 * unknown. An open file of /proc/sys does not keep its namespace alive.
 */
static void learn(struct netns *netns, int socket, int pidfd)
{
	netns->range_fd = netns->reserved_fd = -1;
	const long child = raw_syscall(SYS_clone, CLONE_FILES, 0, 0, 0, 0);
	if (child == 0) {
		if (enter(socket, pidfd))
			open_files(netns);
		_exit(0);
	}
	if (child > 0)
		waitpid((pid_t)child, NULL, __WALL);
}

struct netns *netns_of_socket(struct netns_table *table, int socket, int pidfd)
{
	const uint64_t cookie = cookie_of(socket);

	if (cookie == 0)
		return NULL;
	if (cookie == table->own.cookie)
		return &table->own;
	for (int i = 0; i < NETNS_OTHERS; i++)
		if (table->others[i].cookie == cookie)
			return &table->others[i];
	struct netns *netns = &table->others[table->next++ % NETNS_OTHERS];
	if (netns->cookie && netns->range_fd >= 0)
		sys_close(netns->range_fd);
	if (netns->cookie && netns->reserved_fd >= 0)
		sys_close(netns->reserved_fd);
	netns->cookie = cookie;
	learn(netns, socket, pidfd);
	return netns;
}

static void read_text(int fd, char *buffer, size_t size)
{
	const struct iovec all = {buffer, size - 1};
	const long length = fd < 0 ? -1 : raw_syscall(SYS_preadv, fd, (long)&all, 1, 0, 0);
	buffer[length > 0 ? length : 0] = '\0';
}

void netns_ports(const struct netns *netns, struct ports *ports, char buffer[NETNS_RESERVED_SIZE])
{
	char range[32];

	read_text(netns->range_fd, range, sizeof(range));
	if (!ports_read_range(ports, range)) {
		ports->low = DEFAULT_LOW;
		ports->high = DEFAULT_HIGH;
	}
	read_text(netns->reserved_fd, buffer, NETNS_RESERVED_SIZE);
	ports->reserved = buffer;
}

enum netns_own netns_is_own(const struct netns_table *table, const struct netns *netns,
			    const struct endpoint *to)
{
	const int udp = to->family == AF_INET ? table->udp4 : table->udp6;
	union socket_name name;
	struct endpoint local;

	if (endpoint_is_wildcard(to) || endpoint_is_localhost(to))
		return OWN_YES;
	if (netns != &table->own || udp < 0)
		return OWN_UNKNOWN;
	socklen_t length = endpoint_name(to, &name);
	if (sys_connect(udp, &name, length) < 0)
		return OWN_NO;
	length = sizeof(name);
	local = endpoint_of(sys_getsockname(udp, &name, &length) < 0 ? NULL : &name, length);
	local.port = to->port;
	/* Gives its port back, and its address, which the next connect() would keep. */
	tcpsock_disconnect(udp);
	return endpoint_may_be_self(&local, to) ? OWN_YES : OWN_NO;
}
