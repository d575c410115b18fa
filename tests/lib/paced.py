# SPDX-License-Identifier: MIT
"""Dials itself fifteen times at once, then once in a forked process, and twice a second later."""

import os
import socket
import time


def dial(times):
    for _ in range(times):
        socket.socket().connect_ex(("127.0.0.1", 50000))


dial(15)
if os.fork() == 0:
    dial(1)
    os._exit(0)
os.wait()
time.sleep(1.1)
dial(2)
