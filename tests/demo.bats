#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# scripts/demo shows what it says, on each of its grounds, and does not lie when it cannot.

load lib/helpers

ESCAPE=$'\e'

# without_namespaces CMD...: runs CMD where it may not make a network namespace, whoever runs this.
without_namespaces() {
  if [[ $EUID == 0 ]]; then
    setpriv --bounding-set=-sys_admin "$@"
  elif unshare -Ur true 2>/dev/null; then
    # shellcheck disable=SC2016 # for the inner shell
    unshare -Ur bash -c 'echo 0 >/proc/sys/user/max_net_namespaces && exec "$@"' bash "$@"
  else
    "$@"
  fi
}

@test "the demo shows every scene in half a minute, plain in a pipe" {
  need_namespace
  SECONDS=0
  run -0 "$ROOT/scripts/demo"
  ((SECONDS < 30))
  [[ $output == *"Connected to 127.0.0.1"*"hello"*"ESTAB 127.0.0.1:50000 127.0.0.1:50000"* ]]
  [[ $output == *"nc that binds to the port it dials"*"Address already in use"*"TIME-WAIT"* ]]
  [[ $output == *"10 of 54 dials"*"54 of 54 dials"* ]]
  [[ $output != *"$ESCAPE"* ]]
  [[ ${lines[-1]} == "Shown: without the shim 4 of 4 clients reached themselves, with it 0; "* ]]
}

@test "the demo is in colour on a terminal, unless NO_COLOR is set" {
  need script
  need_namespace
  run -0 env -u NO_COLOR TERM=xterm script -qec "$ROOT/scripts/demo" /dev/null
  [[ $output == *"${ESCAPE}[31m"*"${ESCAPE}[32m"* ]]
  run -0 env NO_COLOR=1 TERM=xterm script -qec "$ROOT/scripts/demo" /dev/null
  [[ $output != *"$ESCAPE"* ]]
}

@test "without the right to make a namespace the demo narrows the range of a socket" {
  run -0 without_namespaces "$ROOT/scripts/demo"
  [[ $output == *"No network namespace can be made here"*"IP_LOCAL_PORT_RANGE"* ]]
  [[ ${lines[-1]} == "Shown: without the shim 3 of 3 clients reached themselves, with it 0." ]]
}

@test "without a socket's own range the demo dials until it happens" {
  run -0 "$ROOT/scripts/demo" loop
  [[ $output == *"000 dials"*"hello"*"Connection refused"*"60000 dials"* ]]
  [[ ${lines[-1]} == "Shown: without the shim 3 of 3 clients reached themselves, with it 0." ]]
}

@test "a demo that shows something else says so and fails" {
  need_namespace
  run -1 env NOSELF_LIB=/nonexistent/libnoself.so "$ROOT/scripts/demo"
  [[ ${lines[-1]} == "Not as told: scene 1 with the shim, "* ]]
}

@test "the demo called wrongly says how in one line" {
  run -2 "$ROOT/scripts/demo" --fast
  [[ ${#lines[@]} == 1 && $output == *"got '--fast'; nothing done" ]]
}
