#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# ASan and UBSan, TSan, memcheck and helgrind report nothing.

load lib/helpers

# sanitized asan|tsan: builds with it. RUNTIME is its library, to be preloaded first.
sanitized() {
  RUNTIME=$(cc -print-file-name="lib$1.so")
  [[ $RUNTIME == /* ]] || lacking "the compiler has no lib$1"
  tool make --no-print-directory --silent -C "$ROOT" "$1"
  # Ignore memory that the probes leave to exit(), and the command to exec. The library cannot allocate.
  export ASAN_OPTIONS=detect_leaks=0
}

# dials CMD...: dials itself by each call and bound in each way; CMD runs a probe with arguments.
dials() {
  local way
  for way in "" -n -t -f -s -g -G "-b 127.0.0.1 -p 0" "-b 127.0.0.1 -p 50000" "-b 0.0.0.0 -p 0"; do
    # shellcheck disable=SC2086 # several words
    run trap_run 50000 50000 env NOSELF_LOG="$BATS_TEST_TMPDIR/log" "$@" \
      "$PROBES/dial" $way 127.0.0.1 50000
    [[ $status == 0 && ${lines[-1]} == *"self=no" ]]
  done
  [[ $(grep -c "self=127.0.0.1:50000 action=failed" "$BATS_TEST_TMPDIR/log") == 10 ]]
}

# storms COUNT CMD...: the same for the kinds of storms except $without, with so many dials.
storms() {
  local count=$1 storm
  shift
  for storm in "dials $count" "close $count" "cancel 5"; do
    [[ $storm != "${without-} "* ]] || continue
    # shellcheck disable=SC2086 # several words
    run trap_run 50000 50001 env NOSELF_LOG="$BATS_TEST_TMPDIR/log" "$@" \
      "${built-$PROBES}/storm" $storm 50000
    [[ $status == 0 && $output == *" 0 reached themselves"* ]]
  done
}

@test "the unit tests and the command pass under ASan and UBSan" {
  sanitized asan
  run -0 env LD_PRELOAD="$RUNTIME" "$BUILD/asan/noself" -v -m fail env A=1 true
  run -0 "$BUILD/asan/noself" --help
  # Each answer of the kernel in turn: ten times as slow as without ASan.
  local except=test_guard
  [[ ${NOSELF_FULL:-0} == 0 ]] || except=
  units "$BUILD/asan" "$except"
}

@test "dials and storms under ASan and UBSan give no report" {
  need_namespace
  sanitized asan
  dials env LD_PRELOAD="$RUNTIME:$BUILD/asan/libnoself.so"
  storms 4000 env LD_PRELOAD="$RUNTIME:$BUILD/asan/libnoself.so"
}

@test "storms under TSan give no report" {
  need_namespace
  need setarch
  sanitized tsan
  local built=$BUILD/tsan/tests
  # TSan needs a process without address randomization. It reports a descriptor that is closed during
  # another thread's dial as a race, and the storm "close" does just that.
  local without=close
  TSAN_OPTIONS=halt_on_error=1 storms 4000 setarch -R env LD_PRELOAD="$RUNTIME:$BUILD/tsan/libnoself.so"
}

@test "valgrind's memcheck and helgrind give no report" {
  need valgrind
  need_namespace
  dials env LD_PRELOAD="$LIBRARY" valgrind -q --error-exitcode=99 --leak-check=full
  for log in stderr /no/such/log; do
    run -0 trap_run 50000 50000 env NOSELF_LOG=$log JOURNAL_STREAM=1:1 LD_PRELOAD="$LIBRARY" \
      valgrind -q --error-exitcode=99 "$PROBES/dial" 127.0.0.1 50000
  done
  storms 200 env LD_PRELOAD="$LIBRARY" valgrind --tool=helgrind -q --error-exitcode=99
}
