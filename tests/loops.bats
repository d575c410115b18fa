#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Loops that dial a port until it answers, in ranges of many ports: without the library each connects
# to itself, with it none does.

load lib/helpers

setup() {
  need_namespace
}

# rounds N SECONDS CMD...: runs CMD while it is refused, N times at most; prints how often it was, and
# any self-connection, which stays in TIME_WAIT for a minute. A refused client exits with 1; a
# connected one waits for input that never comes, until SECONDS are over.
rounds() {
  local refused input=$BATS_TEST_TMPDIR/input.$$
  mkfifo "$input"
  for ((refused = 0; refused < $1; refused++)); do
    timeout "$2" "${@:3}" 0<>"$input" >/dev/null 2>&1
    [[ $? == 1 ]] || break
  done
  echo "refused $refused times"
  awk '$2 == $3 { print "to itself:", $2, $4 }' /proc/net/tcp
}
export -f rounds

# The kernel chooses the range's 32 ports of one parity in turn, but sometimes skips one: the loop
# without the library gets some more rounds.
@test "telnet in a loop connects to itself, and never with the library" {
  need inetutils-telnet
  local telnet=(inetutils-telnet 127.0.0.1 44444)
  run -0 trap_run 44416 44479 rounds 256 1 "${telnet[@]}"
  [[ $output == *"to itself: "* ]]
  run -0 trap_run 44416 44479 rounds 200 20 \
    env LD_PRELOAD="$LIBRARY" NOSELF_LOG="$BATS_TEST_TMPDIR/log" "${telnet[@]}"
  [[ $output == "refused 200 times" ]]
  # The library did meet self-connections: it was not just lucky.
  grep -qE ' action=(retried|failed) ' "$BATS_TEST_TMPDIR/log"
}

@test "in the default range some of many dials reach themselves, and of 200,000 with the library none" {
  local round
  for round in {1..8}; do
    run trap_run 32768 60999 "$PROBES/dial" -q -c 50000 127.0.0.1 40000
    [[ $status == 0 ]] || break
  done
  echo "# baseline, round $round: $output" >&3
  [[ $output != *" 0 reached"* ]]
  run -0 trap_run 32768 60999 env LD_PRELOAD="$LIBRARY" NOSELF_LOG="$BATS_TEST_TMPDIR/log" \
    "$PROBES/dial" -q -c 200000 127.0.0.1 40000
  [[ $output == "200000 dials, 200000 refused, 0 reached themselves" ]]
  grep -q ' action=retried .*result=ECONNREFUSED$' "$BATS_TEST_TMPDIR/log"
}
