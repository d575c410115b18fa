#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The last line of a test run counts what was skipped, lost or never came to run as what it is.

load lib/helpers

# A tree with tests/run and no test but those written here.
setup() {
  mkdir -p "$BATS_TEST_TMPDIR/tests"
  cp -r "$ROOT/tests/run" "$ROOT/tests/lib" "$BATS_TEST_TMPDIR/tests"
  cd "$BATS_TEST_TMPDIR" || return
}

# subject NAME LINE...
subject() {
  local name=$1
  shift
  printf '%s\n' 'load lib/helpers' "$@" >"tests/$name.bats"
}

# counts STATUS LAST-LINE: runs the tree as if no bats were around it, whose inner programs lead PATH.
counts() {
  run "-$1" env -i PATH="${PATH//*bats-core:/}" NOSELF_FULL="${full:-0}" BATS_TEST_TIMEOUT=2 tests/run
  echo "$output"
  [[ ${lines[-1]} == "$2" ]]
}

@test "passes and failures are counted, and the failed are named" {
  subject some '@test "good" { true; }' '@test "bad # one" { false; }'
  counts 1 "1 passed, 1 failed"
  [[ $output == *$'\nfailed:\n  bad # one'* ]]
  subject some '@test "good" { true; }'
  counts 0 "1 passed, 0 failed"
}

@test "a skipped test is named with its reason, and fails a full run" {
  subject some '@test "good" { true; }' '@test "wanting" { need no-such-program; }' \
    '@test "idle" { skip "no reason"; }'
  counts 0 "1 passed, 0 failed, 2 skipped"
  [[ $output == *$'\nskipped:\n  wanting: no-such-program is not installed\n  idle: no reason'* ]]
  full=1
  counts 1 "1 passed, 2 failed"
}

@test "a file that cannot be read as bash is a failure" {
  subject broken '@test "good" {' 'if true; then' '}'
  subject some '@test "fine" { true; }'
  counts 1 "1 passed, 1 failed"
}

@test "a file without tests is no success" {
  subject empty
  counts 1 "0 passed, 1 failed"
}

@test "tests that did not come to run are failures" {
  subject some 'setup_file() { false; }' '@test "a" { true; }' '@test "b" { true; }' \
    '@test "c" { true; }'
  counts 1 "0 passed, 3 failed"
}

@test "a test that hangs is given up and is a failure" {
  subject some '@test "hangs" { while :; do :; done; }' '@test "next" { true; }'
  counts 1 "1 passed, 1 failed"
}

@test "a subject or an option that does not exist is refused in one line" {
  run -2 "$ROOT/tests/run" no-such-subject
  [[ ${#lines[@]} == 1 && $output == *"no subject 'no-such-subject'"*"nothing was run" ]]
  run -2 "$ROOT/scripts/test" --fast
  [[ ${#lines[@]} == 1 && $output == *"unknown option '--fast'"*"nothing was run" ]]
  run -2 "$ROOT/scripts/test" clients no-such-subject
  [[ ${#lines[@]} == 1 && $output == *"no subject 'no-such-subject'"*"nothing was run" ]]
}
