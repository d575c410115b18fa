#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# TCP fast open: sendto, sendmsg and sendmmsg with MSG_FASTOPEN, and TCP_FASTOPEN_CONNECT before
# connect(), are guarded as connect() is; no data ever come back to their sender.

# shellcheck disable=SC2030,SC2031 # each test is a subshell with an output of its own

load lib/helpers

WAYS=(sendto sendmsg sendmmsg connect)

setup() {
  need_namespace
}

# As client and as server, with cookies.
fast_open() {
  echo 3 >/proc/sys/net/ipv4/tcp_fastopen
  "$@"
}
export -f fast_open

# dial LO HI ARGUMENT...: what fastopen_dial says in such a namespace.
dial() {
  local lo=$1 hi=$2
  shift 2
  trap_run "$lo" "$hi" fast_open "$PROBES/fastopen_dial" "$@"
}
dial_shimmed() {
  local lo=$1 hi=$2
  shift 2
  trap_run "$lo" "$hi" fast_open shimmed "$PROBES/fastopen_dial" "$@"
}

@test "bare, what is sent by fast open comes back to its sender; under the shim it is refused" {
  local way address
  for way in "${WAYS[@]}"; do
    for address in 127.0.0.1 ::1 ::ffff:127.0.0.1; do
      run -1 dial 50000 50000 "$way" "$address" 50000
      [[ $output == "dial=OK sent=OK back=ping" ]]
      run -0 dial_shimmed 50000 50000 "$way" "$address" 50000
      [[ $output == "dial=ECONNREFUSED sent=ECONNREFUSED" ]]
    done
  done
}

@test "bare, it comes back on a non-blocking socket too; under the shim it is refused" {
  local way
  for way in "${WAYS[@]}"; do
    run -1 dial 50000 50000 -n "$way" 127.0.0.1 50000
    [[ $output == "dial=EINPROGRESS sent=OK back=ping" ]]
    run -0 dial_shimmed 50000 50000 -n "$way" 127.0.0.1 50000
    [[ $output == "dial=ECONNREFUSED sent=ECONNREFUSED" ]]
  done
}

@test "with a cookie from a listener that is gone, bare it comes back; shimmed it is refused" {
  local way blocking
  for way in "${WAYS[@]}"; do
    for blocking in "" -n; do
      # With a cookie the dial of a non-blocking socket succeeds at once: EINPROGRESS is without.
      # shellcheck disable=SC2086 # no option is no argument
      run -1 dial 50000 50000 $blocking -c 40000 "$way" 127.0.0.1 50000
      [[ $output == "dial=OK sent=OK back=ping" ]]
      # shellcheck disable=SC2086
      run -0 dial_shimmed 50000 50000 $blocking -c 40000 "$way" 127.0.0.1 50000
      [[ $output == "dial=ECONNREFUSED sent=ECONNREFUSED" ]]
    done
  done
}

@test "with a cookie over IPv6 it is the same" {
  local way
  for way in "${WAYS[@]}"; do
    run -1 dial 50000 50000 -n -c 40000 "$way" ::1 50000
    [[ $output == "dial=OK sent=OK back=ping" ]]
    run -0 dial_shimmed 50000 50000 -n -c 40000 "$way" ::1 50000
    [[ $output == "dial=ECONNREFUSED sent=ECONNREFUSED" ]]
  done
}

# In a range of two ports the kernel always takes the even one first: bare the dial meets itself, and
# there is another port to dial again from, from which the dead port refuses as dead ports do.
@test "where there is another port the shim dials again from it, and the log says so" {
  local way
  for way in "${WAYS[@]}"; do
    run -1 dial 50000 50001 "$way" 127.0.0.1 50000
    [[ $output == *" back=ping" ]]
    NOSELF_LOG=stderr run -0 dial_shimmed 50000 50001 "$way" 127.0.0.1 50000
    [[ $output == *" self=127.0.0.1:50000 action=retried tries=1 result=ECONNREFUSED"* ]]
    [[ ${lines[-1]} == "dial=ECONNREFUSED sent=ECONNREFUSED" ]]
  done
}

@test "dialled again, a non-blocking socket is told of the refusal the way it expects" {
  local way
  for way in "${WAYS[@]}"; do
    run -0 dial_shimmed 50000 50001 -n "$way" 127.0.0.1 50000
    [[ $output == "dial=EINPROGRESS sent=ECONNREFUSED" ]]
    run -0 dial_shimmed 50000 50001 -n -c 40000 "$way" 127.0.0.1 50000
    [[ $output == "dial=OK sent=ECONNREFUSED back=nothing" ]]
  done
}

@test "the settings hold for fast open as for connect()" {
  local way
  for way in "${WAYS[@]}"; do
    NOSELF_MODE=observe run -1 dial_shimmed 50000 50001 "$way" 127.0.0.1 50000
    [[ $output == "dial=OK sent=OK back=ping" ]]
    NOSELF_DISABLE=1 run -1 dial_shimmed 50000 50001 "$way" 127.0.0.1 50000
    [[ $output == "dial=OK sent=OK back=ping" ]]
    NOSELF_MODE=fail NOSELF_ERRNO=EHOSTUNREACH \
      run -0 dial_shimmed 50000 50001 "$way" 127.0.0.1 50000
    [[ $output == "dial=EHOSTUNREACH sent=EHOSTUNREACH" ]]
  done
}

@test "to a listener everything arrives, and once: without a cookie, then with it" {
  local way blocking
  for way in "${WAYS[@]}"; do
    for blocking in "" -n; do
      # shellcheck disable=SC2086
      run -0 dial 50000 50099 $blocking -l "$way" 127.0.0.1 30000
      [[ ${lines[-1]} == "each arrived once" ]]
      local bare=$output
      # shellcheck disable=SC2086
      run -0 dial_shimmed 50000 50099 $blocking -l "$way" 127.0.0.1 30000
      [[ $output == "$bare" ]]
    done
  done
}

@test "fast open of nothing, of no address, or on what is no TCP socket gives what it gives bare" {
  run -0 trap_run 50000 50099 fast_open "$PROBES/fastopen_odd"
  [[ $output == *"sendmmsg, none of none: 0 OK"* && $output == *"sendto, dead port: -1 ECONNREFUSED"* ]]
  local bare=$output
  run -0 trap_run 50000 50099 fast_open shimmed "$PROBES/fastopen_odd"
  [[ $output == "$bare" ]]
}

# The names of the calls between the two marks that the probe makes.
between_marks() {
  sed -n '/^getppid(/,/^getppid(/s/(.*//p' "$1"
}

@test "without the flag the three calls make one system call each, under the shim as bare" {
  need strace
  local expected
  expected=$(printf '%s\n' getppid {sendto,sendmsg,sendmmsg}{,,} getppid | sort)
  strace -o "$BATS_TEST_TMPDIR/bare" "$PROBES/fastopen_plain"
  strace -o "$BATS_TEST_TMPDIR/shimmed" -E LD_PRELOAD="$SHIM" "$PROBES/fastopen_plain"
  [[ $(between_marks "$BATS_TEST_TMPDIR/bare" | sort) == "$expected" ]]
  diff <(between_marks "$BATS_TEST_TMPDIR/bare") <(between_marks "$BATS_TEST_TMPDIR/shimmed")
}

@test "a pinned socket is judged by NOSELF_PINNED at these doors too" {
  local way pinned='-b 127.0.0.1 -p 50000 127.0.0.1 50000'
  for way in -s -g -G -f; do
    # shellcheck disable=SC2086 # the words are arguments
    run -1 trap_run 40000 41000 fast_open "$PROBES/dial" $way $pinned
    # shellcheck disable=SC2086
    run -0 trap_run 40000 41000 fast_open shimmed "$PROBES/dial" $way $pinned
    [[ $output == *'result=ECONNREFUSED'*'self=no' ]]
    # shellcheck disable=SC2086
    NOSELF_PINNED=allow run -1 trap_run 40000 41000 fast_open shimmed "$PROBES/dial" $way $pinned
    [[ $output == *'result=OK'*'self=yes' ]]
  done
}
