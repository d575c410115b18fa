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

@test "the parts that ask the kernel bear with refused calls and odd sockets" {
  "$BUILD/unit/test_acting_refused"
}

@test "a look at a name bears with pointers of every kind, the doors with an early caller" {
  "$BUILD/unit/test_acting_looks"
}

@test "a line that cannot be written leaves no trace in the program" {
  "$BUILD/unit/test_acting_lines"
}

@test "the guard takes any way to dial, and gives what that gave" {
  "$BUILD/unit/test_acting_guard"
}

@test "a dial knows whether an earlier dial had connected the socket" {
  "$BUILD/unit/test_acting_sends"
}

@test "ten log lines a second are written, and the dropped ones counted for each process" {
  "$BUILD/unit/test_log_limit"
}

@test "the command reads programs of every machine, first lines and environments as the kernel does" {
  "$BUILD/unit/test_command"
}
