#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The pure parts, as tables, with no preload: each program says what it found wrong.

load lib/helpers

@test "each unit test passes" {
  units "$BUILD"
}
