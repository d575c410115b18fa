#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The differential fuzz: a call through the library and a raw system call on a twin socket give the
# same results in all that a program can see. And the fuzz itself: it finds planted mistakes and
# prints how to reproduce them.

# shellcheck disable=SC2030,SC2031 # what run sets is read in the same shell

load lib/helpers

SEED=20261120

setup() {
  need_namespace
  need ip
}

# fuzz PRELOAD ARGUMENT...
fuzz() {
  local preload=$1
  shift
  FUZZ_PRELOAD=$preload "$ROOT/tests/fuzz/run" "$@"
}

# The number of sequences: a million in a full run.
COUNT=200000
[[ ${NOSELF_FULL:-0} == 0 ]] || COUNT=1000000

# none_differs SETTING COUNT: runs the fuzz with the library and that setting.
none_differs() {
  run -0 env "$1" FUZZ_PRELOAD="$LIBRARY" "$ROOT/tests/fuzz/run" -s "$SEED" -n "$2"
  echo "# ${lines[-1]}" >&3
  [[ ${lines[-1]} == *", interposed by ${LIBRARY##*/}: $2 sequences, none differs" ]]
}

@test "without the library the twins never differ: no sequence affects the next" {
  run -0 fuzz "" -s "$SEED" -n 20000
  [[ ${lines[-1]} == "seed $SEED, interposed by nothing: 20000 sequences, none differs" ]]
}

@test "none of a million sequences (200,000 in the short run) differs with the library" {
  local line calls=0
  none_differs NOSELF_DISABLE=0 "$COUNT"
  # The run was not trivial: each call sometimes succeeded and sometimes failed, and showed ports.
  for line in "${lines[@]}"; do
    [[ $line =~ ^[a-z]+:\ ([0-9]+),\ of\ which\ ([0-9]+)\ succeeded$ ]] || continue
    calls=$((calls + 1))
    ((BASH_REMATCH[2] > 1000 && BASH_REMATCH[1] > BASH_REMATCH[2] + 1000))
  done
  ((calls >= 7))
  [[ $output =~ "ports that the kernel chose, shown: "([0-9]+) ]]
  ((BASH_REMATCH[1] > 1000))
}

@test "none differs with the settings that change nothing or fail at once" {
  local setting
  for setting in NOSELF_DISABLE=1 NOSELF_BIND_NO_PORT=0 NOSELF_MODE=observe NOSELF_MODE=fail \
    NOSELF_PINNED=allow; do
    none_differs "$setting" 5000
  done
}

# finds MISTAKE CALLS PATTERN...: the fuzz finds the mistake in a sequence of at most so many calls;
# the report matches each PATTERN. The command in the report shows the difference again with the
# mistake, and none with the library.
finds() {
  local again mistake=$BUILD/tests/fuzz_mistake.so
  export FUZZ_MISTAKE=$1
  run -1 fuzz "$mistake" -s "$SEED" -n 5000
  shows "${@:2}"
  again=${lines[-1]#again: }
  [[ $again == "tests/fuzz/run -s $SEED -i "* ]]
  read -ra again <<<"$again"
  run -1 env FUZZ_PRELOAD="$mistake" "$ROOT/${again[0]}" "${again[@]:1}"
  shows "${@:2}"
  run -0 env FUZZ_PRELOAD="$LIBRARY" "$ROOT/${again[0]}" "${again[@]:1}"
  [[ ${lines[-1]} == "does not differ" ]]
}

# shows CALLS PATTERN...: checks a report; its calls are the lines indented by two, with socket().
shows() {
  local expected
  for expected in "${@:2}"; do
    # shellcheck disable=SC2053 # it is a pattern
    [[ $output == *$expected* ]]
  done
  (($(count '^  [a-z]+\(') <= $1))
}

@test "the fuzz finds a bind_no_port option left set, and a port that is never allocated, in one bind()" {
  finds option-left 2 "  bind(" "interposed: no_port 1," "raw:        no_port 0,"
  finds port-never 2 "  bind(" " port 0, " "name 0 0?000000" "name 0 0?00c0ee"
}

@test "the fuzz finds a failure without an errno, and a success that changes errno" {
  finds errno-lost 3 "interposed: -1 0" "raw:        -1 E"
  finds errno-touched 2 "interposed: 0, errno changed to 11"
}

@test "the fuzz finds a byte written after a name, and prints the sequence in which a function crashed" {
  finds one-byte-more 4 "interposed: " "raw: "
  finds length-read 4 ' crashes (signal 11)'
}
