/* SPDX-License-Identifier: MIT */
/* Answers the dials of the supervised programs, one after another, until the last has ended. */
#pragma once

#include "dial.h"

/* `supervisor` is complete but for the listener, which is closed at the end. */
void loop_run(struct supervisor *supervisor, int listener);
