#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The scripts around the tests: a run counts skipped and lost tests, and demo and benchmark show what
# they announce.

load lib/helpers

@test "a run's last line counts passed, failed, skipped and lost tests; a full run counts skips as failed" {
  mkdir -p "$BATS_TEST_TMPDIR/tests"
  cp -r "$ROOT/tests/run" "$ROOT/tests/lib" "$BATS_TEST_TMPDIR/tests"
  cd "$BATS_TEST_TMPDIR"
  local here=(env -i PATH="${PATH//*bats-core:/}" BATS_TEST_TIMEOUT=2)
  printf '%s\n' 'load lib/helpers' '@test "good" { true; }' '@test "wanting" { need no-such; }' \
    >tests/some.bats
  run -0 "${here[@]}" tests/run
  [[ ${lines[-1]} == "1 passed, 0 failed, 1 skipped" && $output == *"wanting # skip no-such is not"* ]]
  run -1 "${here[@]}" NOSELF_FULL=1 tests/run
  [[ ${lines[-1]} == "1 passed, 1 failed" ]]
  echo '@test "bad" { false; }' >>tests/some.bats
  echo '@test "hangs" { while :; do :; done; }' >>tests/some.bats
  printf '%s\n' 'setup_file() { false; }' '@test "a" { true; }' '@test "b" { true; }' >tests/lost.bats
  printf '%s\n' '@test "good" {' 'if true; then' '}' >tests/unreadable.bats
  run -1 "${here[@]}" tests/run
  [[ ${lines[-1]} == "1 passed, 5 failed, 1 skipped" && $output == *"not ok "*" bad"* ]]
  run -1 "${here[@]}" tests/run unreadable
  run -2 "${here[@]}" tests/run no-such-subject
  [[ ${#lines[@]} == 1 && $output == *"no subject 'no-such-subject'"*"nothing was run" ]]
}

@test "the demo shows every scene, without noself and with it" {
  need_namespace
  run -0 "$ROOT/scripts/demo"
  [[ $output == *"ESTAB 127.0.0.1:50000 127.0.0.1:50000"*"Connection refused   (20 times)"* ]]
  [[ $output == *"bind: Address already in use"*"serve: listening on"*"10 of 54"*"54 of 54"* ]]
  [[ ${lines[-1]} == "Shown: 5 scenes, each without noself and with it." ]]
}

@test "without a network namespace the demo dials until it happens" {
  run -0 "$ROOT/scripts/demo" --dial
  [[ $output == *"<- the client reads what it wrote itself"*"Connection refused   (60000 times)"* ]]
}

@test "make bench measures everything once and says that a quick run is not for publication" {
  local results=$BATS_TEST_TMPDIR/results
  [[ ${NOSELF_FULL:-0} == 1 ]] || skip 'only under --full'
  need eatmydata faketime mptcpize proxychains4 torsocks
  need_namespace
  make --no-print-directory -s -C "$ROOT" bench QUICK=1 RESULTS="$results"
  grep -q '^\*\*Not for publication: a quick run\.\*\*$' "$results/RESULTS.md"
  run -1 grep 'not measured' "$results/RESULTS.md"
  # The published results have the same rows, and are of a full run.
  diff <(grep '^|' "$results/RESULTS.md" | cut -d '|' -f 2) \
    <(grep '^|' "$ROOT/scripts/bench/RESULTS.md" | cut -d '|' -f 2)
  run -1 grep 'not measured\|Not for publication' "$ROOT/scripts/bench/RESULTS.md"
}
