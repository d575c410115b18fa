/* SPDX-License-Identifier: MIT */
/* Answers the dials of the supervised programs, one after another, until the last has ended. */
#pragma once

#include "dial.h"

/*
 * Whether receiving ends when the last program does (Linux 6.11). Without poll() before it a dial
 * is received sooner, so that fewer signals interrupt one before that.
 */
bool loop_receiving_ends(void);

/* `supervisor` is complete but for the listener, which is closed at the end. */
void loop_run(struct supervisor *supervisor, int listener);
