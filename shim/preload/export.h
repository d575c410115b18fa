/* SPDX-License-Identifier: MIT */
/* EXPORT marks the functions that the library exports; everything else is hidden. */
#pragma once

#define EXPORT __attribute__((visibility("default")))
