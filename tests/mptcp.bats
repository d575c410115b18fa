#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# MPTCP sockets are guarded as TCP ones are: opened as such, or made into such by mptcpize.

# shellcheck disable=SC2030,SC2031 # each test is a subshell with an output of its own

load lib/helpers

setup() {
  need_namespace
}

# met_and_refused ARGUMENT...: the dial reaches itself bare and is refused under the shim.
met_and_refused() {
  run -1 trap_run 50000 50000 "$PROBES/dial" -m "$@"
  [[ $output == *" self=yes" ]]
  run -0 trap_run 50000 50000 shimmed "$PROBES/dial" -m "$@"
  [[ $output == "returned=ECONNREFUSED result=ECONNREFUSED "*" self=no" ]]
}

@test "a dial by connect() reaches itself bare and is refused under the shim" {
  local address
  for address in 127.0.0.1 ::1 ::ffff:127.0.0.1 0.0.0.0 ::; do
    met_and_refused "$address" 50000
  done
}

@test "so does a non-blocking one" {
  met_and_refused -n 127.0.0.1 50000
  met_and_refused -n ::1 50000
}

@test "so does one with a send timeout" {
  met_and_refused -t 127.0.0.1 50000
}

@test "so does one by sendto, sendmsg or sendmmsg with MSG_FASTOPEN" {
  local way
  for way in -s -g -G; do
    met_and_refused "$way" 127.0.0.1 50000
    met_and_refused -n "$way" 127.0.0.1 50000
  done
}

@test "so does one with TCP_FASTOPEN_CONNECT" {
  met_and_refused -f 127.0.0.1 50000
}

@test "so does one from a socket that is bound to the address, or to the very port" {
  met_and_refused -b 127.0.0.1 127.0.0.1 50000
  met_and_refused -b 127.0.0.1 -p 50000 127.0.0.1 50000
  met_and_refused -b 0.0.0.0 -p 50000 127.0.0.1 50000
}

@test "where there is another port the shim dials again from it" {
  run -1 trap_run 50000 50001 "$PROBES/dial" -m 127.0.0.1 50000
  [[ $output == *" port=50000 self=yes" ]]
  export NOSELF_LOG=stderr
  run -0 trap_run 50000 50001 shimmed "$PROBES/dial" -m 127.0.0.1 50000
  [[ $output == *" action=retried tries=1 result=ECONNREFUSED"* ]]
  [[ ${lines[-1]} == *" self=no" ]]
}

@test "a range that the program gave an MPTCP socket is as it was afterwards" {
  run -1 trap_run 50000 50099 "$PROBES/dial" -m -R -r 50010-50010 127.0.0.1 50010
  [[ $output == *" range=50010-50010 port=50010 self=yes" ]]
  run -0 trap_run 50000 50099 shimmed "$PROBES/dial" -m -R -r 50010-50010 127.0.0.1 50010
  [[ $output == "returned=ECONNREFUSED "*" range=50010-50010 "*" self=no" ]]
}

# Sets `library` to the one that mptcpize puts in front of programs.
find_library() {
  need mptcpize
  library=$(mptcpize run printenv LD_PRELOAD)
}

# kind_alone CMD...: a dial under CMD in the trap: it speaks MPTCP and reaches itself.
kind_alone() {
  run -1 trap_run 50000 50000 "$@" "$PROBES/dial" -P 127.0.0.1 50000
  [[ $output == "protocol=262 returned=OK "*" self=yes" ]]
}
kind_guarded() {
  run -0 trap_run 50000 50000 "$@" "$PROBES/dial" -P 127.0.0.1 50000
  [[ $output == "protocol=262 returned=ECONNREFUSED "*" self=no" ]]
}

@test "an unmodified program speaks TCP, and reaches itself" {
  run -1 trap_run 50000 50000 "$PROBES/dial" -P 127.0.0.1 50000
  [[ $output == "protocol=6 returned=OK "*" self=yes" ]]
  run -0 trap_run 50000 50000 shimmed "$PROBES/dial" -P 127.0.0.1 50000
  [[ $output == "protocol=6 returned=ECONNREFUSED "*" self=no" ]]
}

@test "with mptcpize in front of noself it speaks MPTCP, and is refused" {
  need mptcpize
  kind_alone mptcpize run
  kind_guarded mptcpize run env NOSELF_LIB="$SHIM" "$ROOT/scripts/cmd/noself"
}

@test "with mptcpize's library before the shim in LD_PRELOAD it is refused" {
  local library
  find_library
  kind_alone env LD_PRELOAD="$library"
  kind_guarded env LD_PRELOAD="$library $SHIM"
}

@test "with mptcpize's library after the shim in LD_PRELOAD it is refused" {
  local library
  find_library
  kind_guarded env LD_PRELOAD="$SHIM:$library"
}

@test "with mptcpize the bind hint makes ten ports go as far as with TCP" {
  local library preload
  find_library
  run -1 trap_run 50000 50009 env LD_PRELOAD="$library" "$PROBES/ports" 54 6 20000
  [[ $output == "10 of 54 "* ]]
  for preload in "$library $SHIM" "$SHIM $library"; do
    run -0 trap_run 50000 50009 env LD_PRELOAD="$preload" "$PROBES/ports" 54 6 20000
    [[ $output == "54 of 54 dials to 6 destinations connected" ]]
  done
}
