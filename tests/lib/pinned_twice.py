# SPDX-License-Identifier: MIT
"""Two sockets of one port, both chosen by the program: the second has no four-tuple of its own."""

import socket

kept = []
for dial in (1, 2):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("127.0.0.1", 40000))
    print("dial", dial, s.connect_ex(("127.0.0.1", 700)))
    kept.append(s)
