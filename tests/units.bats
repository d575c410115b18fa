#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The unit tests: each program prints the checks that failed.

load lib/helpers

@test "each unit test passes" {
  units "$BUILD"
}
