#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# scripts/demo shows what it says, in a namespace and without one, and fails when it cannot.

load lib/helpers

@test "the demo shows every scene, without noself and with it" {
  need_namespace
  run -0 "$ROOT/scripts/demo"
  [[ $output == *"ESTAB 127.0.0.1:50000 127.0.0.1:50000"*"Connection refused   (20 times)"* ]]
  [[ $output == *"serve: Address already in use"*"serve: listening on"*"10 of 54"*"54 of 54"* ]]
  [[ ${lines[-1]} == "Shown: 5 scenes, each without noself and with it." ]]
}

@test "without a network namespace the demo dials until it happens" {
  run -0 "$ROOT/scripts/demo" --dial
  [[ $output == *"<- it reads what it wrote itself"*"Connection refused   (60000 times)"* ]]
}

@test "a demo whose library is missing says which scene went wrong" {
  need_namespace
  local tree=$BATS_TEST_TMPDIR/tree
  mkdir "$tree"
  cp -R "$ROOT/Makefile" "$ROOT/scripts" "$ROOT/shim" "$ROOT/tests" "$ROOT/build" "$tree"
  : >"$tree/build/libnoself.so"
  run -1 "$tree/scripts/demo"
  [[ ${lines[-1]} == "Not as announced: scene 1 with noself;"* ]]
}

@test "the demo called wrongly says how in one line" {
  run -2 "$ROOT/scripts/demo" --fast
  [[ ${#lines[@]} == 1 && $output == *"got '--fast'; nothing was run" ]]
}
