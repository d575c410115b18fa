#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The pure parts, as tables, with no preload: each program says what it found wrong.

load lib/helpers

@test "lines of text are put together as the contract writes them" {
  "$BUILD/unit/test_text"
}

@test "endpoints are compared whole, and read from no byte too many" {
  "$BUILD/unit/test_endpoint"
}

@test "every setting takes its values, and no others" {
  "$BUILD/unit/test_settings"
}

@test "each verdict follows from the facts and the settings" {
  "$BUILD/unit/test_verdict"
}

@test "the parts that ask the kernel bear with refused calls, odd sockets and odd pointers" {
  "$BUILD/unit/test_acting"
}
