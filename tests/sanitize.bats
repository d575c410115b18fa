#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# ASan and UBSan, TSan, memcheck and helgrind report nothing, and libFuzzer finds no input for which
# the pure parts and their oracles differ.

load lib/helpers

# build TARGET: runs make.
build() {
  run tool make --no-print-directory --silent -C "$ROOT" "$@"
  echo "$output"
  [[ $status == 0 ]]
}

# runtime NAME: prints the sanitizer's library, to be preloaded first; skips if gcc has none.
runtime() {
  RUNTIME=$("${CC:-cc}" -print-file-name="lib$1.so")
  [[ $RUNTIME == /* ]] || lacking "the compiler has no lib$1"
}

# dials CMD...: dials itself by each call and bound in each way; CMD runs a probe with arguments.
dials() {
  local way
  for way in "" -n -t -f -s -g -G "-b 127.0.0.1 -p 0" "-b 127.0.0.1 -p 50000" "-b 0.0.0.0 -p 0"; do
    # shellcheck disable=SC2086 # several words
    run trap_run 50000 50000 env NOSELF_LOG="$BATS_TEST_TMPDIR/log" "$@" \
      "$PROBES/dial" $way 127.0.0.1 50000
    echo "ways $way: $output"
    [[ $status == 0 && ${lines[-1]} == *"self=no" ]] || return
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
    run trap_run 50000 50001 env NOSELF_LOG="$BATS_TEST_TMPDIR/log" "$@" "$PROBES/storm" $storm 50000
    echo "$storm: $output"
    [[ $status == 0 && $output == *" 0 reached themselves"* ]] || return
  done
}

@test "the unit tests pass under ASan and UBSan" {
  runtime asan
  build asan
  # The command frees nothing: it ends in exec. The library cannot allocate.
  ASAN_OPTIONS=detect_leaks=0 units "$BUILD/asan"
}

@test "dials and storms under ASan and UBSan give no report" {
  runtime asan
  build asan
  need_namespace
  # Ignore memory that the probes themselves leave to exit().
  export ASAN_OPTIONS=detect_leaks=0
  dials env LD_PRELOAD="$RUNTIME:$BUILD/asan/libnoself.so"
  storms 4000 env LD_PRELOAD="$RUNTIME:$BUILD/asan/libnoself.so"
}

@test "storms under TSan give no report" {
  runtime tsan
  build tsan
  need_namespace
  need setarch
  PROBES=$BUILD/tsan/tests
  # TSan needs a process without address randomization. It reports a descriptor that is closed during
  # another thread's dial as a race, and the storm "close" does just that.
  local without=close
  TSAN_OPTIONS=halt_on_error=1 storms 4000 setarch -R env LD_PRELOAD="$RUNTIME:$BUILD/tsan/libnoself.so"
}

@test "valgrind's memcheck gives no report" {
  need valgrind
  need_namespace
  local memcheck=(env LD_PRELOAD="$LIBRARY" valgrind -q --error-exitcode=99 --leak-check=full)
  dials "${memcheck[@]}"
  storms 200 "${memcheck[@]}"
}

@test "valgrind's helgrind gives no report" {
  need valgrind
  need_namespace
  storms 200 env LD_PRELOAD="$LIBRARY" valgrind --tool=helgrind -q --error-exitcode=99
}

@test "libFuzzer finds no settings, addresses or texts for which parser and oracle differ" {
  need clang
  echo 'int LLVMFuzzerTestOneInput(const char *d, long n) { return d == 0 && n < 0; }' |
    clang -fsanitize=fuzzer -x c -o "$BATS_TEST_TMPDIR/fuzzer" - ||
    lacking "clang has no libFuzzer (libclang-rt-14-dev)"
  local seconds=2
  [[ ${NOSELF_FULL:-0} == 0 ]] || seconds=20
  build fuzz FUZZ_SECONDS="$seconds"
  echo "# ${output//$'\n'/$'\n'# }" >&3
  local fuzzers=("$ROOT"/tests/unit/fuzz_*.c)
  [[ $(count ' runs in .*, nothing found') == "${#fuzzers[@]}" ]]
}
