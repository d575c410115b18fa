#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The library's cost that can be counted: system calls, instructions, memory. `make bench` measures
# time; no test does.

# shellcheck disable=SC2030,SC2031 # each test is a subshell with an output of its own
load lib/helpers

setup() {
  need_namespace
}

# traced OPERATION COUNT: prints how many system calls the probe makes with $PRELOAD.
traced() {
  local trace=$BATS_TEST_TMPDIR/trace
  strace -qq -o "$trace" ${PRELOAD:+-E LD_PRELOAD="$PRELOAD"} "$PROBES/cost_calls" "$@" &&
    wc -l <"$trace"
}

# executed OPERATION COUNT: prints how many instructions it executes in user space.
executed() {
  local report
  report=$(env ${PRELOAD:+LD_PRELOAD="$PRELOAD"} setarch -R valgrind --tool=cachegrind \
    --cache-sim=no --cachegrind-out-file=/dev/null "$PROBES/cost_calls" "$@" 2>&1) &&
    sed -n 's/,//g; s/.* I *refs: *\([0-9]*\).*/\1/p' <<<"$report"
}

# more COUNTER OPERATION: prints how many more there are with the library for a hundred calls. It
# compares runs with two counts, so start and exit do not count.
more() {
  local few many all=0
  for PRELOAD in "$LIBRARY" ''; do
    few=$("$1" "$2" 100) && many=$("$1" "$2" 200) || return
    all=$((many - few - all))
  done
  echo $((-all))
}
export BATS_TEST_TMPDIR
export -f traced executed more

# each_costs CALLS OPERATION...: each operation takes exactly CALLS more system calls than without
# the library.
each_costs() {
  local calls=$1 operation
  need strace
  for operation in "${@:2}"; do
    run -0 trap_run 32768 60999 more traced "$operation"
    ((output == 100 * calls))
  done
}

@test "a dial costs one more system call, by each call; a refused one and one of a UNIX socket none" {
  each_costs 1 tcp-connect tcp-connect-nonblocking udp-connect \
    fast-open-sendto fast-open-sendmsg fast-open-sendmmsg
  each_costs 0 tcp-refused unix-connect
}

@test "bind() of a TCP socket costs five more system calls, of other sockets one; getsockname() one" {
  each_costs 5 bind-named bind-ip bind-wildcard bind-wildcard6
  each_costs 1 bind-udp bind-unix getsockname
}

@test "with NOSELF_DISABLE=1 nothing costs a system call" {
  NOSELF_DISABLE=1 each_costs 0 tcp-connect bind-ip getsockname
}

@test "to load the library with settings costs one system call, however many they are" {
  need strace
  # loads SETTING...: prints how many system calls a program makes with these.
  loads() {
    strace -qq -o "$BATS_TEST_TMPDIR/trace" -E LD_PRELOAD="$LIBRARY" "${@/#/-E}" true &&
      wc -l <"$BATS_TEST_TMPDIR/trace"
  }
  local without one three
  without=$(loads) one=$(loads NOSELF_MODE=fail)
  three=$(loads NOSELF_MODE=fail NOSELF_RETRIES=2 NOSELF_PINNED=fail)
  ((one == without + 1 && three == one))
}

# at_most INSTRUCTIONS OPERATION...: each operation executes at most so many more instructions in
# user space than without the library.
at_most() {
  local most=$1 operation
  need valgrind
  for operation in "${@:2}"; do
    run -0 trap_run 32768 60999 more executed "$operation"
    ((output > 0 && output <= 100 * most))
  done
}

@test "a send that does not dial costs no system call and at most ten instructions" {
  each_costs 0 sendto sendmsg sendmmsg
  at_most 10 sendto sendmsg sendmmsg
}

@test "a TCP dial to another socket costs at most 60 instructions, a UNIX one 30" {
  at_most 60 tcp-connect tcp-connect-nonblocking
  at_most 30 unix-connect
}

# Only the writable segment can become private; portable.bats shows that no malloc() is imported.
@test "the library has at most 12 KiB of private pages, and uses no heap" {
  local start size
  need readelf
  run -0 readelf -lW "$LIBRARY"
  read -r _ _ start _ _ size _ < <(grep 'LOAD .* RW ' <<<"$output")
  ((size > 0 && (start + size + 4095) / 4096 - start / 4096 <= 3))
}
