#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Storms: many dials at once, from threads, signal handlers and children, some cancelled or closed
# during the dial. With the library none reaches itself, and nothing leaks or hangs.

load lib/helpers

setup() {
  need_namespace
}

# storm KIND COUNT: in ranges of one, two and eleven ports some of the storm's dials reach themselves,
# and with the library none does. Without it that depends on chance, so it gets more rounds.
storm() {
  local high
  for high in 50000 50001 50010; do
    for _ in 1 2 3 4 5; do
      run trap_run 50000 "$high" timeout 60 "$PROBES/storm" "$@" 50000
      [[ $status == 0 ]] || break
    done
    [[ $status == 1 ]]
    run -0 trap_run 50000 "$high" timeout 60 env LD_PRELOAD="$LIBRARY" "$PROBES/storm" "$@" 50000
    echo "# $output" >&3
    [[ $output == *" 0 reached themselves"*"nothing left behind" ]]
  done
}

@test "eight threads dial while a 5 kHz signal's handler dials too" {
  storm dials 40000
}

@test "with a log, the storm writes only whole lines" {
  local log=$BATS_TEST_TMPDIR/log
  run -0 trap_run 50000 50001 env NOSELF_LOG="$log" LD_PRELOAD="$LIBRARY" \
    "$PROBES/storm" dials 20000 50000
  [[ -s $log ]]
  run -1 grep -vE '^[0-9TZ:.-]+ noself\[[0-9]+\]: comm=storm fd=[0-9]+ self=127\.0\.0\.1:50000 action=(retried|failed) tries=[0-9]+ result=[A-Z]+( dropped=[0-9]+)?$' "$log"
}

@test "forks, vforks and handlers around forks dial while eight threads dial" {
  storm forks 40
}

@test "threads that are cancelled at random times end in connect() and leave nothing open" {
  storm cancel 30
}

@test "closing and replacing descriptors during a dial harms no other connection, and no dial hangs" {
  storm close 20000
}
