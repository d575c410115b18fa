#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The classic loops that dial a dead port until it answers: bare each gets through to itself,
# under the shim none ever does. Last, the same by sheer number in an ordinary range.

load lib/helpers

# The kernel hands out the range's 32 ports of one parity in turn, but skips one now and then; so
# that a round that skipped the fatal one does not fail the test, bare loops get some more rounds.
BARE_ROUNDS=256
ROUNDS=500

setup() {
  need_namespace
}

# A connection to itself in any state: once closed it stays for a minute as TIME_WAIT.
own_ends() {
  awk '$2 == $3 { found = 1; print $2, $4 } END { exit !found }' /proc/net/tcp
}

# rounds N SECONDS CMD...: repeats CMD until it has been connected to itself, N times at most. A
# refused client ends by itself; one that got through sits there, on an input that never ends, until
# its SECONDS are over.
rounds() {
  local n=$1 limit=$2 round refused=0
  shift 2
  mkfifo "$BATS_TEST_TMPDIR/input.$$"
  for ((round = 1; round <= n; round++)); do
    timeout "$limit" "$@" 0<>"$BATS_TEST_TMPDIR/input.$$" >/dev/null 2>&1
    if [[ $? == 1 ]]; then
      refused=$((refused + 1))
    elif own_ends; then
      echo "got through in round $round"
      return
    fi
  done
  own_ends || echo "refused $refused times"
}

# with_own_address CMD...: the namespace's lo gets an address that is not a loopback one.
with_own_address() {
  ip address add 192.0.2.7/32 dev lo
  "$@"
}

export -f own_ends rounds with_own_address

# loop LO HI CMD...
loop() {
  local lo=$1 hi=$2
  shift 2
  run -0 trap_run "$lo" "$hi" with_own_address rounds "$BARE_ROUNDS" 1 "$@"
  [[ $output == *"got through in round "* ]]
  run -0 trap_run "$lo" "$hi" with_own_address rounds "$ROUNDS" 20 \
    env LD_PRELOAD="$SHIM" NOSELF_LOG="$BATS_TEST_TMPDIR/log" "$@"
  [[ $output == "refused $ROUNDS times" ]]
  # It did meet itself, and was not just lucky.
  grep -qE ' action=(retried|failed) ' "$BATS_TEST_TMPDIR/log"
}

@test "telnet to 44444 in a loop gets through bare and never under the shim" {
  need inetutils-telnet
  loop 44416 44479 inetutils-telnet 127.0.0.1 44444
}

@test "telnet to 50000 in a loop gets through bare and never under the shim" {
  need inetutils-telnet
  loop 49984 50047 inetutils-telnet 127.0.0.1 50000
}

@test "nc to 50000 in a loop gets through bare and never under the shim" {
  need nc.openbsd
  loop 49984 50047 nc.openbsd 127.0.0.1 50000
}

@test "nc bound to the port it dials gets through bare and never under the shim" {
  need nc.openbsd
  loop 49984 50047 nc.openbsd 127.0.0.1 50000 -p 50000
}

@test "nc bound to the port it dials on an own address gets through bare, never under the shim" {
  need nc.openbsd
  loop 49984 50047 nc.openbsd 192.0.2.7 50000 -p 50000
}

@test "the traditional nc bound to its port on an own address gets through bare, never shimmed" {
  need nc.traditional
  loop 49984 50047 nc.traditional 192.0.2.7 50000 -p 50000
}

# The script binds to 18084 and connects to that port until it succeeds.
@test "python bound to 18084 gets through to it bare and never under the shim" {
  need python3
  cat >"$BATS_TEST_TMPDIR/until.py" <<'END'
import socket, sys
for attempt in range(1, 501):
    with socket.socket() as dialled:
        dialled.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        dialled.bind(("127.0.0.1", 18084))
        try:
            dialled.connect(("127.0.0.1", 18084))
        except ConnectionRefusedError:
            continue
        assert dialled.getsockname() == dialled.getpeername()
        sys.exit("got through in attempt %d" % attempt)
print("refused 500 times")
END
  run -1 trap_run 18048 18111 python3 "$BATS_TEST_TMPDIR/until.py"
  [[ $output == "got through in attempt 1" ]]
  run -0 trap_run 18048 18111 shimmed python3 "$BATS_TEST_TMPDIR/until.py"
  [[ $output == "refused 500 times" ]]
}

@test "of 200,000 bare dials in the default range some reach themselves, of 300,000 shimmed none" {
  run -1 trap_run 32768 60999 "$PROBES/dial" -q -c 200000 127.0.0.1 40000
  [[ $output != *" 0 reached"* ]]
  echo "# bare: $output" >&3
  run -0 trap_run 32768 60999 env LD_PRELOAD="$SHIM" NOSELF_LOG="$BATS_TEST_TMPDIR/log" \
    "$PROBES/dial" -q -c 300000 127.0.0.1 40000
  [[ $output == "300000 dials, 300000 refused, 0 reached themselves" ]]
  grep -q ' action=retried .*result=ECONNREFUSED$' "$BATS_TEST_TMPDIR/log"
}
