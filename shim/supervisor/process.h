/* SPDX-License-Identifier: MIT */
/* The supervisor's process: detached, ignores signals, keeps none of the launcher's files open. */
#pragma once

#include "core/log.h"

/*
 * Runs the supervisor in this process until the last program has ended; does not return.
 * `end` is a channel to the process `launcher`; each message is an int. The supervisor sends its
 * pid. The launcher sends the number of a descriptor; the supervisor copies that descriptor and
 * answers 0 or a negative errno: with -EPERM the launcher may ask again. The first that is copied
 * is a test, the second is the filter's listener.
 */
_Noreturn void process_run(const struct context *context, int end, int launcher);
