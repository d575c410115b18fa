#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# NOSELF_LOG: the line, where it goes, and where it must not go.

load lib/helpers

setup() {
  need_namespace
  LOG=$BATS_TEST_TMPDIR/log
}

LINE='noself\[[0-9]+\]: comm=dial fd=[0-9]+ self=127\.0\.0\.1:50000 action=retried tries=1 result=ECONNREFUSED'

@test "a line on stderr says what was met and what became of it" {
  NOSELF_LOG=stderr run --separate-stderr -0 \
    trap_run 50000 50001 shimmed "$PROBES/dial" 127.0.0.1 50000
  # shellcheck disable=SC2154 # bats sets it
  [[ $stderr =~ ^$LINE$ ]]
  NOSELF_LOG=stderr run --separate-stderr -0 \
    trap_run 50000 50001 shimmed "$PROBES/dial" 127.0.0.1 40000
  [[ $stderr == '' ]]
}

@test "each action and result has its word" {
  # wording RESULT VARIABLE... -- ARGUMENT...: the end of the line that such a dial logs.
  wording() {
    local expected=$1 settings=()
    shift
    while [[ $1 != -- ]]; do
      settings+=("$1")
      shift
    done
    shift
    run --separate-stderr trap_run 50000 50000 shimmed env NOSELF_LOG=stderr "${settings[@]}" \
      "$PROBES/dial" "$@"
    [[ $stderr == *"$expected" ]] || {
      echo "expected: $expected; got: $stderr"
      return 1
    }
  }
  wording 'self=127.0.0.1:50000 action=failed tries=2 result=ECONNREFUSED' -- 127.0.0.1 50000
  wording 'self=127.0.0.1:50000 action=failed tries=0 result=ETIMEDOUT' \
    NOSELF_MODE=fail NOSELF_ERRNO=ETIMEDOUT -- 127.0.0.1 50000
  wording 'self=127.0.0.1:50000 action=failed tries=0 result=41' \
    NOSELF_MODE=fail NOSELF_ERRNO=41 -- 127.0.0.1 50000
  wording 'self=[::1]:50000 action=observed tries=0 result=OK' NOSELF_MODE=observe -- ::1 50000
  wording 'self=[::1]:50000 action=observed tries=0 result=EINPROGRESS' \
    NOSELF_MODE=observe -- -n ::1 50000
  wording 'self=127.0.0.1:50000 action=allowed tries=0 result=OK' \
    NOSELF_PINNED=allow -- -b 127.0.0.1 -p 50000 127.0.0.1 50000
  wording 'self=[::ffff:127.0.0.1]:50000 action=failed tries=2 result=ECONNREFUSED' \
    -- ::ffff:127.0.0.1 50000
}

@test "a line in a file is preceded by the time, and the file is not held open" {
  twice() {
    "$PROBES/dial" -c 2 127.0.0.1 50000
    mv "$1" "$1.old"
    "$PROBES/dial" 127.0.0.1 50000
  }
  export -f twice
  NOSELF_LOG=$LOG run -0 trap_run 50000 50001 shimmed bash -c "twice $LOG"
  [[ $(grep -cE "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z $LINE\$" "$LOG.old") == 2 ]]
  [[ $(grep -cE "$LINE\$" "$LOG") == 1 ]]
  # It is the time of now, in UTC.
  local logged
  logged=$(cut -d' ' -f1 "$LOG")
  (($(date +%s) - $(date -d "$logged" +%s) < 60))
}

@test "on a stderr that is the journal a line has its priority" {
  to_journal() {
    exec 2>"$1"
    JOURNAL_STREAM=$(stat -Lc '%d:%i' /dev/fd/2) "$PROBES/dial" 127.0.0.1 50000
    JOURNAL_STREAM=$(stat -Lc '%d:1' /dev/fd/2) "$PROBES/dial" 127.0.0.1 50000
  }
  export -f to_journal
  NOSELF_LOG=stderr run -0 trap_run 50000 50001 shimmed bash -c "to_journal $LOG"
  [[ $(grep -cE "^<4>$LINE\$" "$LOG") == 1 && $(grep -cE "^$LINE\$" "$LOG") == 1 ]]
}

@test "a process writes at most ten lines a second, and says how many it dropped" {
  # 2.5 seconds touch three or four seconds of the clock.
  NOSELF_LOG=$LOG run -0 trap_run 50000 50001 shimmed python3 "$ROOT/tests/lib/busy.py" 2.5
  [[ $(wc -l <"$LOG") -ge 20 && $(wc -l <"$LOG") -le 40 ]]
  [[ $(grep -c ' dropped=[1-9][0-9]*$' "$LOG") -ge 1 ]]
}

@test "a closed stderr that became a data file gets nothing" {
  NOSELF_LOG=stderr run -0 trap_run 50000 50001 shimmed python3 "$ROOT/tests/lib/stderr_reused.py"
  [[ $output == *'action=retried'* ]]
  NOSELF_LOG=stderr run -0 trap_run 50000 50001 shimmed \
    python3 "$ROOT/tests/lib/stderr_reused.py" "$LOG"
  [[ $output == 111 && ! -s $LOG && -e $LOG ]]
}

@test "a thread's name cannot break the line" {
  NOSELF_LOG=stderr run -0 trap_run 50000 50001 shimmed \
    python3 "$ROOT/tests/lib/thread_named.py"
  [[ $(wc -l <<<"$output") == 1 && $output == *' comm=a?b??]=? fd='* ]]
}
