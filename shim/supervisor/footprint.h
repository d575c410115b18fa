/* SPDX-License-Identifier: MIT */
/* The memory that the supervisor holds while it waits. */
#pragma once

/* Unmaps what was only used to start. What is needed again is mapped again, a few pages at a time.
 */
void footprint_reduce(void);
