#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What of the shim's cost can be counted: system calls, instructions, memory, the file's size. How
# long it takes is for `make bench` to measure, never for a test.

load lib/helpers
load lib/cost

# counted COUNTER [ARGUMENT...]: runs one of lib/cost.bash's counters in a namespace.
counted() {
  run -0 trap_run 32768 60999 "$@"
}

# each_costs CALLS OPERATION...: each of these takes so many system calls more than bare, no others.
each_costs() {
  local calls=$1 operation
  need strace
  need_namespace
  for operation in "${@:2}"; do
    counted calls_more "$operation"
    echo "$operation: $output more, $calls expected"
    [[ $output == "$calls" ]]
  done
}

@test "the counters count: a call done twice as often is two calls" {
  need strace
  need_namespace
  # Without the shim and with nothing else: socket, bind and close.
  PRELOAD='' counted per_call traced 1 11 bind-ip
  [[ $output == 3 ]]
  PRELOAD=$SHIM counted per_call traced 1 11 bind-ip
  [[ $output == 8 ]]
}

@test "a dial costs one system call more, by every door" {
  each_costs 1 tcp-connect tcp-connect-nonblocking udp-connect \
    fast-open-sendto fast-open-sendmsg fast-open-sendmmsg
}

@test "a refused dial and a UNIX socket's cost none" {
  each_costs 0 tcp-refused unix-connect
}

@test "a send that does not dial costs none" {
  each_costs 0 sendto sendmsg sendmmsg
}

@test "a bind() of a TCP socket costs five, one of another socket one" {
  each_costs 5 bind-named bind-ip bind-wildcard bind-wildcard6
  each_costs 1 bind-udp bind-unix
}

@test "getsockname() costs one" {
  each_costs 1 getsockname
}

@test "switched off, nothing costs a system call" {
  NOSELF_DISABLE=1 each_costs 0 tcp-connect bind-ip getsockname
}

@test "a send that does not dial costs at most ten instructions" {
  need valgrind
  need_namespace
  local operation
  for operation in sendto sendmsg sendmmsg; do
    counted instructions_more "$operation"
    echo "$operation: $output instructions more"
    [[ $output =~ ^[0-9]+(\.[0-9])?$ ]]
    ((${output%.*} > 0 && ${output%.*} < 10)) || [[ $output == 10 ]]
  done
}

@test "the library has at most 12 KiB of private pages of its own, and takes nothing of the heap" {
  run -0 memory "$SHIM" library
  echo "$output KiB"
  ((output > 0 && output <= 12))
  run -0 memory '' heap
  local bare=$output
  run -0 memory "$SHIM" heap
  [[ $output == "$bare" ]]
}

@test "the installed file has at most 32 KiB" {
  run -0 make -C "$ROOT" --no-print-directory install DESTDIR="$BATS_TEST_TMPDIR" LIBDIR=/lib
  run -0 stat -c %s "$BATS_TEST_TMPDIR/lib/libnoself.so"
  echo "$output bytes"
  ((output <= 32768))
}
