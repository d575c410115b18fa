/* SPDX-License-Identifier: MIT */
/* Detects that a socket is connected to itself. Changes nothing. */
#pragma once

#include "endpoint.h"

/*
 * The socket's own port in network order, or 0. Only where it is the one that was dialled can the
 * socket have reached itself, and it nearly never is. One system call.
 */
uint16_t detect_self_port(int fd) __attribute__((visibility("hidden")));

/*
 * Whether the socket, after a dial of `to` that succeeded or is under way, is connected to itself;
 * `self` is then its name. Where the kernel does not know the peer yet (SYN_SENT, fast open) the
 * destination stands for it. A connection to another
 * socket that NAT gave the same two names is told apart (tcpinfo.h).
 */
bool detect_self(int fd, const void *to, socklen_t to_length, struct endpoint *self);

/* The same where the destination is not known: false until the kernel knows the peer. */
bool detect_self_by_peer(int fd, struct endpoint *self);
