#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The differential fuzz: a call through the library and a raw system call on a twin socket give the
# same results in all that a program can see. And the fuzz itself: it finds planted mistakes and
# prints how to reproduce them.

# shellcheck disable=SC2030,SC2031 # what run sets is read in the same shell

load lib/helpers

setup() {
  need_namespace
  need ip
}

SEED=20261120

# The number of sequences: a million in a full run.
COUNT=100000
[[ ${NOSELF_FULL:-0} == 0 ]] || COUNT=1000000

# none_differs LIBRARY COUNT: runs the fuzz with that library, or with none.
none_differs() {
  FUZZ_PRELOAD=$1 run -0 "$ROOT/tests/fuzz/run" "$SEED" "$2"
  echo "# ${lines[-1]}" >&3
  [[ ${lines[-1]} == "seed $SEED: $2 sequences, none differs" && $output != *preloaded* ]]
}

@test "without the library the twins never differ: no sequence affects the next" {
  none_differs "" 10000
}

@test "none of a million sequences (100,000 in the short run) differs with the library" {
  local line calls=0
  none_differs "$LIBRARY" "$COUNT"
  # The run was not trivial: each call sometimes succeeded and sometimes failed, and showed ports.
  for line in "${lines[@]}"; do
    [[ $line =~ ^[a-z]+:\ ([0-9]+),\ of\ which\ ([0-9]+)\ succeeded$ ]] || continue
    calls=$((calls + 1))
    ((BASH_REMATCH[2] > 1000 && BASH_REMATCH[1] > BASH_REMATCH[2] + 1000))
  done
  ((calls == 7))
  [[ $output =~ "ports that the kernel chose, shown: "([0-9]+) ]]
  ((BASH_REMATCH[1] > 1000))
}

@test "none differs with the settings that change nothing or fail at once" {
  local setting
  for setting in NOSELF_DISABLE=1 NOSELF_BIND_NO_PORT=0 NOSELF_MODE=observe NOSELF_MODE=fail \
    NOSELF_PINNED=allow; do
    export "${setting?}"
    none_differs "$LIBRARY" 5000
    unset "${setting%=*}"
  done
}

# finds MISTAKE PATTERN...: the fuzz finds the mistake; the report matches each PATTERN, and its last
# line repeats it.
finds() {
  local pattern again=$ROOT/tests/fuzz/run arguments=("$SEED" 5000) report
  for _ in once again; do
    FUZZ_MISTAKE=$1 FUZZ_PRELOAD=$BUILD/tests/fuzz_mistake.so run -1 "$again" "${arguments[@]}"
    for pattern in "${@:2}"; do
      # shellcheck disable=SC2053 # it is a pattern
      [[ $output == *$pattern* ]]
    done
    [[ ${lines[-1]} == "again: tests/fuzz/run $SEED 1 "* && $output == "${report:-$output}" ]]
    report=$output
    arguments=("$SEED" 1 "${lines[-1]##* }")
  done
}

@test "the fuzz finds a bind_no_port option left set, and a port that is never allocated" {
  finds option-left "  bind(" "interposed: no_port 1," "raw:        no_port 0,"
  finds port-never "  bind(" " port 0)" "getsockname 0, name 0?000000" "getsockname 0, name 0?00c0ee"
}

@test "the fuzz finds a failure without an errno, and a success that changes errno" {
  finds errno-lost "interposed: -1 (no errno)" "raw:        -1 E"
  finds errno-touched "interposed: 0, errno changed to 11"
}

@test "the fuzz finds a byte written after a name, and prints the sequence in which a function crashed" {
  finds one-byte-more "interposed: " "raw: "
  finds length-read ' crashes (signal 11)'
}
