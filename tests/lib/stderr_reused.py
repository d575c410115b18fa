# SPDX-License-Identifier: MIT
"""Dials itself; given a file, after its descriptor 2 was closed and that file came to lie there."""

import os
import socket
import sys

if len(sys.argv) > 1:
    os.close(2)
    assert os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT) == 2
print(socket.socket().connect_ex(("127.0.0.1", 50000)))
