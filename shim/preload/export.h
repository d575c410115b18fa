/* SPDX-License-Identifier: MIT */
/* EXPORT marks what the library shows to the program; everything else is hidden. */
#pragma once

#define EXPORT __attribute__((visibility("default")))
