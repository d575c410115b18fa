# SPDX-License-Identifier: MIT
"""Dials itself from a thread whose name is no word."""

import ctypes
import socket

PR_SET_NAME = 15
ctypes.CDLL(None).prctl(PR_SET_NAME, b"a b\n\x1b]=\xff", 0, 0, 0)
socket.socket().connect_ex(("127.0.0.1", 50000))
