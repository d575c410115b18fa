#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The differential fuzz: whatever a program can see of a call through the shim is what a raw system
# call on a twin of its socket gives. And the fuzz itself: it finds mistakes, and says how to see
# them again.

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

# How many sequences each of two processes does: the whole million in a full run.
half() {
  if [[ ${NOSELF_FULL:-0} == 1 ]]; then echo 500000; else echo 100000; fi
}

# worked FILE: none differed; each call succeeded at times and failed at times, and ports were
# looked at: it was no idle run.
worked() {
  local line calls=0
  echo "# $(tail -n 1 "$1")" >&3
  [[ $(tail -n 1 "$1") == *", interposed by ${SHIM##*/}: $(half) sequences, none differs" ]]
  while read -r line; do
    [[ $line =~ ^[a-z]+:\ ([0-9]+),\ of\ which\ ([0-9]+)\ succeeded$ ]] || continue
    calls=$((calls + 1))
    ((BASH_REMATCH[2] > 1000 && BASH_REMATCH[1] > BASH_REMATCH[2] + 1000))
  done <"$1"
  ((calls == 7))
  [[ $(<"$1") =~ "ports that the kernel chose, shown: "([0-9]+) ]]
  ((BASH_REMATCH[1] > 1000))
}

@test "bare, twins are alike: no sequence leaves anything behind for the next" {
  run -0 fuzz "" -s "$SEED" -n 20000
  [[ ${lines[-1]} == "seed $SEED, interposed by nothing: 20000 sequences, none differs" ]]
}

@test "of a million sequences (200,000 in the short run) none differs under the shim" {
  local other first=$BATS_TEST_TMPDIR/first second=$BATS_TEST_TMPDIR/second
  FUZZ_PRELOAD=$SHIM "$ROOT/tests/fuzz/run" -s "$((SEED + 1))" -n "$(half)" >"$second" &
  other=$!
  fuzz "$SHIM" -s "$SEED" -n "$(half)" >"$first" || {
    cat "$first"
    kill "$other"
    return 1
  }
  wait "$other" || {
    cat "$second"
    return 1
  }
  worked "$first"
  worked "$second"
}

@test "none differs with the settings that leave calls alone, or that fail at once" {
  local setting
  for setting in NOSELF_DISABLE=1 NOSELF_BIND_NO_PORT=0 NOSELF_MODE=observe NOSELF_MODE=fail \
    NOSELF_PINNED=allow; do
    run -0 env "$setting" FUZZ_PRELOAD="$SHIM" "$ROOT/tests/fuzz/run" -s "$SEED" -n 5000
    [[ ${lines[-1]} == *": 5000 sequences, none differs" ]]
  done
}

# finds MISTAKE PATTERN...: the fuzz finds it, in a form that holds each PATTERN, and the
# command that it prints shows the same again: with the mistake, not with the shim.
finds() {
  local expected again mistake=$1
  shift
  export FUZZ_MISTAKE=$mistake
  run -1 fuzz "$BUILD/tests/fuzz_mistake.so" -s "$SEED" -n 5000
  for expected; do
    # shellcheck disable=SC2053 # it is a pattern
    [[ $output == *$expected* ]]
  done
  again=${lines[-1]#again: }
  [[ $again == "tests/fuzz/run -s $SEED -i "* ]]
  read -ra again <<<"$again"
  cd "$ROOT" || return
  run -1 env FUZZ_PRELOAD="$BUILD/tests/fuzz_mistake.so" "${again[@]}"
  for expected; do
    # shellcheck disable=SC2053 # it is a pattern
    [[ $output == *$expected* ]]
  done
  run -0 env FUZZ_PRELOAD="$SHIM" "${again[@]}"
  [[ ${lines[-1]} == "does not differ" ]]
}

# The calls of a report are the lines indented by two, after the socket() that makes them possible.
calls_of_report() {
  grep -cE '^  [a-z]+\(' <<<"$output"
}

@test "it finds a hint that is left set, in a bind() alone" {
  finds hint-left "  bind(" "interposed: hint 1," "raw:        hint 0,"
  (($(calls_of_report) == 2))
}

@test "it finds a port that was put off and that nobody makes good, in a bind() alone" {
  finds hint-lent "  bind(" " port 0, " "name 0 0?000000" "name 0 0?00c0ee"
  (($(calls_of_report) == 2))
}

@test "it finds a failure without an errno, in its shortest form" {
  finds errno-lost "interposed: -1 0" "raw:        -1 E"
  (($(calls_of_report) <= 3))
}

@test "it finds an errno that a success changed, in its shortest form" {
  finds errno-touched "interposed: 0, errno changed to 11"
  (($(calls_of_report) == 2))
}

@test "it finds one byte written behind a name" {
  finds one-byte-more "interposed: " "raw: "
}

@test "it names the sequence in which a hook crashed on the caller's memory" {
  finds length-read ' crashes (signal 11)'
}
