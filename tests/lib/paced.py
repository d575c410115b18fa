# SPDX-License-Identifier: MIT
"""Dials itself fifteen times in one second of the monotonic clock, and twice in the next."""

import socket
import time


def next_second():
    now = int(time.monotonic())
    while int(time.monotonic()) == now:
        time.sleep(0.001)


for times in (15, 2):
    next_second()
    for _ in range(times):
        socket.socket().connect_ex(("127.0.0.1", 50000))
