#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The proof that the pure parts have no run-time error, and that it detects one.

load lib/helpers

setup() {
  need frama-c
}

@test "no input causes a run-time error in the pure parts of the core or in the parser of programs" {
  run -0 "$ROOT/tests/prove/run"
  [[ $output == *'core: '*' 0 alarms'*'program: '*' 0 alarms'* ]]
}

@test "the proof fails if a bound is removed from the parser" {
  cp -r "$ROOT/shim" "$BATS_TEST_TMPDIR/"
  cd "$BATS_TEST_TMPDIR/shim"
  sed -i 's/size < MAX_BYTES ? (size_t)size : MAX_BYTES/(size_t)size/' command/elf_file.c
  run ! cmp -s command/elf_file.c "$ROOT/shim/command/elf_file.c"
  run -1 "$ROOT/tests/prove/run" "$PWD" program
  [[ $output == *eva:alarm*command/elf_file.c*'program: '* ]]
}
