# SPDX-License-Identifier: MIT
"""Dials with invalid arguments, on purpose to oneself or each other, and such that wait: prints the
result of each. Needs the right to change lo, and a range of ephemeral ports without 50000.

It calls libc itself: Python checks arguments, and repeats what a signal has interrupted.
"""
import ctypes, errno, os, select, signal, socket, struct, subprocess
from socket import MSG_FASTOPEN, SOCK_DGRAM, SOCK_NONBLOCK, SOCK_STREAM, SOL_SOCKET

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
kept = []


def new(kind=SOCK_STREAM, bound=None, family=socket.AF_INET):
    kept.append(socket.socket(family, kind))
    if bound:
        kept[-1].bind(bound)
    return kept[-1]


def name(host, port, family=socket.AF_INET):
    return struct.pack("=H", family) + struct.pack("!H4s8x", port, socket.inet_aton(host))


def result(r):
    return "OK" if r >= 0 else errno.errorcode[ctypes.get_errno()]


def dial(s, *to):
    return result(libc.connect(s.fileno(), name(*to), 16))


def at_page_end(data):
    """The address of the data, in memory that ends with them."""
    page = os.sysconf("SC_PAGESIZE")
    start = libc.mmap(None, 2 * page, 3, 0x22, -1, 0)  # anonymous, readable and writable
    libc.munmap(ctypes.c_void_p(start + page), page)
    ctypes.memmove(start + page - len(data), data, len(data))
    return ctypes.c_void_p(start + page - len(data))


def invalid():
    to = name("127.0.0.1", 50000)
    for length in 0, 2, 4, 15, 16, 28, 128, 129, 0x7fffffff, -1:
        for address in to.ljust(128, b"\0"), at_page_end(to):
            yield f"{length} bytes", libc.connect(new().fileno(), address, length)
    yield "8 bytes there", libc.connect(new().fileno(), at_page_end(to[:8]), 16)
    yield "no address", libc.connect(new().fileno(), None, 16)
    yield "a bad address", libc.connect(new().fileno(), ctypes.c_void_p(-1), 16)
    yield "no such descriptor", libc.connect(999, to, 16)
    yield "-1", libc.connect(-1, to, 16)
    yield "-1, no address", libc.connect(-1, None, 16)
    yield "a file", libc.connect(os.memfd_create("file"), to, 16)
    yield "UDP", libc.connect(new(SOCK_DGRAM).fileno(), to, 16)
    yield "IPv6", libc.connect(new(family=socket.AF_INET6).fileno(), to, 16)
    yield "port 0", libc.connect(new().fileno(), name("127.0.0.1", 0), 16)
    yield "AF_UNSPEC", libc.connect(new().fileno(), name("0.0.0.0", 0, 0), 16)
    yield "family 99", libc.connect(new().fileno(), name("127.0.0.1", 50000, 99), 16)
    listener = new()
    listener.listen()
    yield "a listener", libc.connect(listener.fileno(), to, 16)
    # The address of the call before must not be taken for one that cannot be read.
    libc.connect(new(SOCK_DGRAM).fileno(), name("127.0.0.1", 51000), 16)
    bound = new(bound=("127.0.0.1", 51000)).fileno()
    yield "a bad address, bound", libc.connect(bound, ctypes.c_void_p(-1), 16)
    yield "sendmsg, bound", libc.sendmsg(bound, ctypes.c_void_p(8), MSG_FASTOPEN)
    yield "sendto, no address", libc.sendto(new().fileno(), b"x", 1, MSG_FASTOPEN, None, 0)
    yield "sendto, 3 bytes", libc.sendto(new().fileno(), b"x", 1, MSG_FASTOPEN, to, 3)
    yield "sendmsg", libc.sendmsg(new().fileno(), ctypes.c_void_p(8), MSG_FASTOPEN)
    yield "sendmmsg", libc.sendmmsg(new().fileno(), ctypes.c_void_p(8), 1, MSG_FASTOPEN)


def passed(one, other):
    one.send(b"x")
    return select.select([other], [], [], 5)[0] and other.recv(8)


def settled(s):
    select.select([], [s], [], 5)
    return errno.errorcode.get(s.getsockopt(SOL_SOCKET, socket.SO_ERROR), "OK")


for what, outcome in invalid():
    print(what + ":", result(outcome))

# Programs use a datagram socket that is connected to itself as a pipe.
pipe = new(SOCK_DGRAM, ("127.0.0.1", 50000))
print("udp:", dial(pipe, "127.0.0.1", 50000), passed(pipe, pipe))

# Two sockets that dial each other: the first SYN must not arrive before the second dial.
one, two = [new(SOCK_STREAM | SOCK_NONBLOCK, (host, 50000)) for host in ("127.0.0.1", "127.0.0.2")]
subprocess.check_call("tc qdisc add dev lo root blackhole".split())
first = dial(one, "127.0.0.2", 50000)

# Meanwhile a dial waits, until a signal or SO_SNDTIMEO ends it.
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 0.1)
print("interrupted:", dial(new(), "127.0.0.1", 700))
timed = new()
timed.setsockopt(SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", 0, 100000))
print("timed out:", dial(timed, "127.0.0.1", 700))
waits = new(SOCK_STREAM | SOCK_NONBLOCK)
print("not waiting:", dial(waits, "127.0.0.1", 700), dial(waits, "127.0.0.1", 700))

subprocess.check_call("tc qdisc del dev lo root".split())
second = dial(two, "127.0.0.1", 50000)
print("simultaneous:", first, second, settled(one), settled(two), passed(one, two))
