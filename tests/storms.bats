#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Storms: many dials at once, from threads, signal handlers and children, some cancelled or closed
# during the dial. With the library none reaches itself, and nothing leaks or hangs.

load lib/helpers

setup() {
  need_namespace
}

# storm LO HI PROBE...: some of the probe's dials reach themselves, and with the library none does.
# Without the library it depends on chance in a range of several ports, so it gets more rounds.
storm() {
  local lo=$1 hi=$2 round
  shift 2
  for round in 1 2 3 4 5; do
    run trap_run "$lo" "$hi" "$@"
    [[ $status != 0 ]] && break
  done
  echo "baseline, round $round: $output"
  [[ $status == 1 ]]
  run trap_run "$lo" "$hi" preloaded "$@"
  echo "# $output" >&3
  [[ $status == 0 ]]
  [[ $output == *" 0 reached themselves"* && $output == *" +0 descriptors" ]]
}

@test "of 40,000 dials in ranges of one, two and eleven ports none reaches itself, and nothing is left" {
  local high
  for high in 50000 50001 50010; do
    storm 50000 "$high" "$PROBES/storm_dials" -n 40000 50000
  done
}

@test "eight threads dial while a 5 kHz signal's handler dials too" {
  storm 50000 50000 "$PROBES/storm_dials" -t 8 -s 5000 -n 20000 50000
  storm 50000 50001 "$PROBES/storm_dials" -t 8 -s 5000 -n 20000 50000
  storm 50000 50010 "$PROBES/storm_dials" -t 8 -s 5000 -n 20000 50000
}

@test "with a log, the storm writes only whole lines" {
  local log=$BATS_TEST_TMPDIR/log
  run -0 trap_run 50000 50001 env NOSELF_LOG="$log" LD_PRELOAD="$LIBRARY" \
    "$PROBES/storm_dials" -t 8 -s 5000 -n 20000 50000
  [[ -s $log ]]
  run -1 grep -vE '^[0-9TZ:.-]+ noself\[[0-9]+\]: comm=storm_dials fd=[0-9]+ self=127\.0\.0\.1:50000 action=(retried|failed) tries=[0-9]+ result=[A-Z]+( dropped=[0-9]+)?$' "$log"
}

@test "forks, vforks and handlers around forks dial while seven threads dial" {
  storm 50000 50000 "$PROBES/storm_forks" 30 50000
  storm 50000 50010 "$PROBES/storm_forks" 30 50000
}

@test "threads that are cancelled at random times end in connect() and leave nothing open" {
  storm 50000 50000 "$PROBES/storm_cancel" 50 50000
  storm 50000 50001 "$PROBES/storm_cancel" 50 50000
}

@test "a thread that waits in connect() can be cancelled there" {
  run -0 trap_run 50000 50100 "$PROBES/storm_cancel" stuck 40000
  [[ $output == "stuck in connect(): cancelled" ]]
  run -0 trap_run 50000 50100 preloaded "$PROBES/storm_cancel" stuck 40000
  [[ $output == "stuck in connect(): cancelled" ]]
}

@test "closing and replacing descriptors during a dial harms no other connection, and no dial hangs" {
  storm 50000 50000 "$PROBES/storm_close" 20000 50000
  storm 50000 50010 "$PROBES/storm_close" 20000 50000
}
