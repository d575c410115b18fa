/* SPDX-License-Identifier: MIT */
/* The memory that the supervisor holds while it waits. */
#pragma once

/*
 * Unmaps the parts of the program file that were only used until now. They are mapped again where
 * they are needed, a few pages at a time.
 */
void footprint_reduce(void);
