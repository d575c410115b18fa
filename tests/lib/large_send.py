# SPDX-License-Identifier: MIT
"""Sends SIZE bytes in one call with MSG_FASTOPEN to a port of 127.0.0.1, within so many seconds.

usage: large_send.py SECONDS PORT [SIZE]: with SIZE a server listens on PORT and counts what
arrives; PORT "udp" stands for a datagram to a socket of its own.
"""

import signal
import socket
import sys
import threading

ADDRESS = "127.0.0.1"


def count(listener, arrived):
    peer, _ = listener.accept()
    total = 0
    while data := peer.recv(1 << 20):
        total += len(data)
    arrived.append(total)


def to_server(port, size):
    arrived = []
    listener = socket.create_server((ADDRESS, port))
    counter = threading.Thread(target=count, args=(listener, arrived))
    counter.start()
    with socket.socket() as s:
        sent = s.sendto(bytes(size), socket.MSG_FASTOPEN, (ADDRESS, port))
    counter.join()
    return sent, arrived[0]


def to_datagram_socket(size):
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind((ADDRESS, 0))
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sent = sender.sendto(bytes(size), socket.MSG_FASTOPEN, receiver.getsockname())
    return sent, len(receiver.recv(1 << 20))


signal.alarm(int(sys.argv[1]))
if len(sys.argv) == 3:
    try:
        socket.socket().sendto(bytes(16000000), socket.MSG_FASTOPEN, (ADDRESS, int(sys.argv[2])))
    except OSError as error:
        print(error.strerror)
else:
    size = int(sys.argv[3])
    result = to_datagram_socket(size) if sys.argv[2] == "udp" else to_server(int(sys.argv[2]), size)
    print("sent %d, arrived %d" % result)
