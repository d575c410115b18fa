/* SPDX-License-Identifier: MIT */
/* The supervisor's process: on its own, deaf to signals, with nothing of the launcher's open. */
#pragma once

#include "core/log.h"

/*
 * Runs the supervisor in this process, on its end of the channel, until there is nothing more to
 * supervise; does not return. `launcher` is the pid that the command will have.
 */
_Noreturn void process_run(const struct context *context, int end, int launcher);
