#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The scripts around the tests: a run counts skipped and lost tests, setup says what is missing, and
# the demo shows its scenes or says which one failed.

load lib/helpers

@test "a run's last line counts passed, failed, skipped and lost tests; a full run counts skips as failed" {
  mkdir -p "$BATS_TEST_TMPDIR/tests"
  cp -r "$ROOT/tests/run" "$ROOT/tests/lib" "$BATS_TEST_TMPDIR/tests"
  cd "$BATS_TEST_TMPDIR"
  local here=(env -i PATH="${PATH//*bats-core:/}" BATS_TEST_TIMEOUT=2)
  # shellcheck disable=SC2016 # for the tests written here
  printf '%s\n' 'load lib/helpers' '@test "good" { true; }' '@test "wanting" { need no-such; }' \
    >tests/some.bats
  run -0 "${here[@]}" tests/run
  [[ ${lines[-1]} == "1 passed, 0 failed, 1 skipped" && $output == *"wanting: no-such is not"* ]]
  run -1 "${here[@]}" NOSELF_FULL=1 tests/run
  [[ ${lines[-1]} == "1 passed, 1 failed" ]]
  echo '@test "bad" { false; }' >>tests/some.bats
  echo '@test "hangs" { while :; do :; done; }' >>tests/some.bats
  printf '%s\n' 'setup_file() { false; }' '@test "a" { true; }' '@test "b" { true; }' >tests/lost.bats
  printf '%s\n' '@test "good" {' 'if true; then' '}' >tests/unreadable.bats
  run -1 "${here[@]}" tests/run
  [[ ${lines[-1]} == "1 passed, 5 failed, 1 skipped" && $output == *$'failed:\n'*"  bad"* ]]
  run -1 "${here[@]}" tests/run unreadable
  run -2 "${here[@]}" tests/run no-such-subject
  [[ ${#lines[@]} == 1 && $output == *"no subject 'no-such-subject'"*"nothing was run" ]]
}

# A copy of setup that any user may read, with its own list. The part that needs root is replaced by
# one that records its arguments.
@test "setup installs the missing packages of a set, or prints the command to run" {
  need apt-get setpriv
  local copy user=()
  copy=$(mktemp -d)
  chmod 755 "$copy"
  cd "$copy"
  mkdir scripts bin sudo
  cp "$ROOT/scripts/setup" scripts
  # shellcheck disable=SC2016 # for the scripts written here
  printf '#!/bin/sh\necho "$@" >asked\n' >scripts/setup-apt
  # shellcheck disable=SC2016
  printf '#!/bin/sh\nshift\nexec "$@"\n' >sudo/sudo
  chmod 755 sudo/sudo
  printf '%s\n' 'build  there  sh  x' 'build  one  no-such  x' 'test  two  /no/such/file  x' \
    'full  three  no-such-one  x' >scripts/packages
  run -1 env PATH="$PWD/sudo:$PATH" scripts/setup test
  [[ ${lines[0]} == "setup: installing one two" && $(cat asked) == "test one two" ]]
  [[ ${lines[-1]} == "setup: cannot build without: one" ]]
  ln -s "$(command -v bash)" "$(command -v sh)" "$(command -v dirname)" bin
  run -1 env PATH="$PWD/bin" scripts/setup build
  [[ $output == "setup: packages: this system has no apt-get; install by hand (Debian's names): one"* ]]
  [[ $EUID != 0 ]] || user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  printf '#!/bin/sh\nexit 1\n' >sudo/sudo
  sed -i '/one/d' scripts/packages
  run -0 env PATH="$PWD/sudo:$PATH" "${user[@]}" scripts/setup test
  [[ ${lines[0]} == "setup: packages: "*"; run: sudo apt-get install two" ]]
  run -2 scripts/setup everything
  [[ $output == "setup: expected one of: build, test, full; got 'everything'; nothing was installed" ]]
  rm -rf "$copy"
}

@test "the demo shows every scene, without noself and with it" {
  need_namespace
  run -0 "$ROOT/scripts/demo"
  [[ $output == *"ESTAB 127.0.0.1:50000 127.0.0.1:50000"*"Connection refused   (20 times)"* ]]
  [[ $output == *"serve: Address already in use"*"serve: listening on"*"10 of 54"*"54 of 54"* ]]
  [[ ${lines[-1]} == "Shown: 5 scenes, each without noself and with it." ]]
}

@test "without a network namespace the demo dials until it happens" {
  run -0 "$ROOT/scripts/demo" --dial
  [[ $output == *"<- the client reads what it wrote itself"*"Connection refused   (60000 times)"* ]]
}

@test "a demo without the library says which scene went wrong" {
  need_namespace
  local tree=$BATS_TEST_TMPDIR/tree
  mkdir "$tree"
  cp -R "$ROOT/Makefile" "$ROOT/scripts" "$ROOT/shim" "$ROOT/tests" "$ROOT/build" "$tree"
  : >"$tree/build/libnoself.so"
  run -1 "$tree/scripts/demo"
  [[ ${lines[-1]} == "Not as expected: scene 1 with noself;"* ]]
}

@test "a demo that is called wrongly says how to call it in one line" {
  run -2 "$ROOT/scripts/demo" --fast
  [[ ${#lines[@]} == 1 && $output == *"got '--fast'; nothing was run" ]]
}
