/* SPDX-License-Identifier: MIT */
/* Detects that a socket is connected to itself. Changes nothing. */
#pragma once

#include "endpoint.h"

/*
 * The socket's own port in network order, or 0. If it is not the destination port, the socket is
 * not connected to itself: this quick check ends nearly every dial. One system call.
 */
uint16_t detect_self_port(int fd) __attribute__((visibility("hidden")));

/*
 * Whether the socket is connected to itself after a dial of `to` that succeeded or is in progress;
 * `self` is then its name. If the kernel does not know the peer yet (SYN_SENT, fast open), the
 * destination is compared instead. A connection to another socket that NAT gave two equal names is
 * not taken for a self-connection (tcpinfo.h).
 */
bool detect_self(int fd, const void *to, socklen_t to_length, struct endpoint *self);

/* The same without a known destination: false until the kernel knows the peer. */
bool detect_self_by_peer(int fd, struct endpoint *self);
