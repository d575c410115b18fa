# SPDX-License-Identifier: MIT
"""Dials itself for so many seconds without a pause."""

import socket
import sys
import time

end = time.monotonic() + float(sys.argv[1])
while time.monotonic() < end:
    s = socket.socket()
    s.connect_ex(("127.0.0.1", 50000))
    s.close()
