/* SPDX-License-Identifier: MIT */
/* The supervisor's process: on its own, deaf to signals, with nothing of the launcher's open. */
#pragma once

#include "core/log.h"

/*
 * Runs the supervisor in this process, until there is nothing more to supervise; does not return.
 * `launcher` is the process that asked for it, and `end` is where it talks:
 *
 * - The supervisor first sends its own pid.
 * - The launcher sends the number of one of its descriptors. The supervisor copies that descriptor
 *   and answers 0, or a negative errno; after -EPERM the launcher may ask again.
 * - The first descriptor that can be copied is only a test, the second is the filter's listener.
 *
 * Every message is an int.
 */
_Noreturn void process_run(const struct context *context, int end, int launcher);
