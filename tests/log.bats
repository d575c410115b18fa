#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# NOSELF_LOG: the line, where it goes, where it must not go, and where it cannot go.

# shellcheck disable=SC2016,SC2030,SC2031,SC2094,SC2154 # perl expands; subshells; FIFOs open both ways

load lib/helpers

setup() {
  need_namespace
  LOG=$BATS_TEST_TMPDIR/log FIFO=$BATS_TEST_TMPDIR/fifo
  mkfifo "$FIFO"
}

LINE='noself\[[0-9]+\]: comm=dial fd=[0-9]+ self=127\.0\.0\.1:50000 action=retried tries=1 result=ECONNREFUSED'

# logged PATTERN [FILE]: prints how many lines of the file, LOG if none is named, match as a whole.
logged() {
  grep -cE "^$1\$" "${2-$LOG}" || true
}

@test "a line on stderr names the self-connection, and has a word for each action and result" {
  local settings dial expected
  while IFS='|' read -r settings dial expected; do
    # shellcheck disable=SC2086 # the words are arguments
    run --separate-stderr trap_run 50000 50000 preloaded env NOSELF_LOG=stderr $settings "$PROBES/dial" $dial
    [[ $(sed -E 's/^noself\[[0-9]+\]: comm=dial fd=[0-9]+ self=//' <<<"$stderr") == "$expected" ]]
  done <<'END'
|127.0.0.1 40000|
|127.0.0.1 50000|127.0.0.1:50000 action=failed tries=2 result=ECONNREFUSED
|::ffff:127.0.0.1 50000|[::ffff:127.0.0.1]:50000 action=failed tries=2 result=ECONNREFUSED
NOSELF_MODE=fail NOSELF_ERRNO=ETIMEDOUT|127.0.0.1 50000|127.0.0.1:50000 action=failed tries=0 result=ETIMEDOUT
NOSELF_MODE=fail NOSELF_ERRNO=41|127.0.0.1 50000|127.0.0.1:50000 action=failed tries=0 result=41
NOSELF_MODE=observe|::1 50000|[::1]:50000 action=observed tries=0 result=OK
NOSELF_MODE=observe|-n ::1 50000|[::1]:50000 action=observed tries=0 result=EINPROGRESS
NOSELF_PINNED=allow|-b 127.0.0.1 -p 50000 127.0.0.1 50000|127.0.0.1:50000 action=allowed tries=0 result=OK
END
}

@test "a line in a file begins with the time, and the file is not kept open" {
  twice() {
    "$PROBES/dial" -c 2 127.0.0.1 50000
    mv "$1" "$1.old"
    "$PROBES/dial" 127.0.0.1 50000
  }
  export -f twice
  local time='[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z'
  NOSELF_LOG=$LOG run -0 trap_run 50000 50001 preloaded bash -c "twice $LOG"
  [[ $(logged "$time $LINE" "$LOG.old") == 2 && $(logged "$time $LINE") == 1 ]]
  [[ $(stat -c %a "$LOG") == 644 ]]
  # It is the time of now, in UTC.
  (($(date +%s) - $(date -d "$(cut -d' ' -f1 "$LOG")" +%s) < 60))
  # A program may overwrite its environment with its title.
  NOSELF_LOG=$LOG run -0 trap_run 50000 50001 preloaded perl -MIO::Socket::INET -e '
    $0 = "x" x 5000; IO::Socket::INET->new("127.0.0.1:50000")'
  [[ $(logged "$time ${LINE/dial/x+}") == 1 ]]
}

@test "if stderr is the journal, a line begins with its priority" {
  to_journal() {
    exec 2>"$1"
    JOURNAL_STREAM=$(stat -Lc '%d:%i' /dev/fd/2) "$PROBES/dial" 127.0.0.1 50000
    JOURNAL_STREAM=$(stat -Lc '%d:1' /dev/fd/2) "$PROBES/dial" 127.0.0.1 50000
  }
  export -f to_journal
  NOSELF_LOG=stderr run -0 trap_run 50000 50001 preloaded bash -c "to_journal $LOG"
  [[ $(logged "<4>$LINE") == 1 && $(logged "$LINE") == 1 ]]
}

# Dials 103 times, and once more a second later. Makes the directory of the log after three dials.
# Prints its pid, and whether it has the same open descriptors afterwards.
DIALS='import os, socket, sys, time
def dial():
    with socket.socket() as s:
        s.connect_ex(("127.0.0.1", 50000))
before = os.listdir("/proc/self/fd")
dial(), dial(), dial()
os.mkdir(sys.argv[1])
for _ in range(100):
    dial()
print(os.getpid(), os.listdir("/proc/self/fd") == before)
time.sleep(1)
dial()'

# is_limited LOG: it has about ten lines a second, and they count those that are missing.
is_limited() {
  local lines dropped
  lines=$(logged '.* action=.*' "$1") dropped=$(sed -n 's/.* dropped=//p' "$1" | paste -sd+)
  # The dials take parts of one, two or three seconds of the clock.
  ((lines >= 8 && lines <= 31 && lines + dropped == 104))
}

@test "a process writes at most ten lines a second, counts the others, and keeps no descriptor open" {
  NOSELF_LOG=$LOG.later/log run -0 trap_run 50000 50001 preloaded python3 -c "$DIALS" "$LOG.later"
  [[ $output == *" True" ]]
  is_limited "$LOG.later/log"
  [[ $(head -n 1 "$LOG.later/log") == *" noself[${lines[-1]% *}]: "*" dropped=3" ]]
  # The same on a pipe.
  NOSELF_LOG=stderr trap_run 50000 50001 preloaded python3 -c "$DIALS" "$LOG.pipe" |& cat >"$LOG"
  is_limited "$LOG"
  [[ $(head -n 4 "$LOG") != *dropped=* ]]
  grep -q ' True$' "$LOG"
}

@test "a program's name cannot break the line" {
  local name=$'a b\n\e]=\xff'
  ln -s "$PROBES/dial" "$BATS_TEST_TMPDIR/$name"
  NOSELF_LOG=stderr run -0 --separate-stderr trap_run 50000 50001 preloaded timeout 5 \
    "$BATS_TEST_TMPDIR/$name" 127.0.0.1 50000
  [[ $stderr != *$'\n'* && $stderr == *' comm=a?b??]=? fd='* ]]
}

# undisturbed CMD...: CMD, which runs `logs_to`, comes out refused, and observed in the other mode, as
# if there were no log; a success leaves errno as it was. Signals have their default effect.
undisturbed() {
  local run=(--separate-stderr trap_run 50000 50000 env --default-signal timeout 20 bash -c '"$@"' - "$@")
  run -0 "${run[@]}"
  [[ $output == 'returned=ECONNREFUSED result=ECONNREFUSED port=50000 self=no' ]] || return 1
  NOSELF_MODE=observe run -1 "${run[@]}"
  [[ $output == 'returned=OK result=OK port=50000 self=yes' ]]
}

logs_to() {
  NOSELF_LOG=$1 LD_PRELOAD=$LIBRARY "$PROBES/dial" 127.0.0.1 50000
}
stderr_to() {
  logs_to stderr 2>"$1"
}
export -f logs_to stderr_to

# stops CMD...: CMD, a write of another program's, waits for ever or is killed where the log is written.
stops() {
  run env --default-signal timeout 0.2 bash -c '"$@"' - "$@"
  ((status > 123))
}

@test "a log that cannot be opened loses its lines and changes nothing else" {
  local to
  python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$LOG.socket"
  for to in "$LOG.none/log" "$BATS_TEST_TMPDIR" /dev/full /dev/null /dev/tty "$LOG.socket" \
    "$PROBES/dial/log" "$FIFO"; do
    undisturbed logs_to "$to"
  done
  [[ ! -e $LOG.none ]]
  # With a reader a FIFO gets the lines, as a file does.
  exec {both}<>"$FIFO"
  undisturbed logs_to "$FIFO"
  run -0 timeout 5 head -n 2 <&"$both"
  [[ $(count "${LINE/action*/}") == 2 ]]
}

@test "a symbolic link as the log file is not followed" {
  echo precious >"$LOG.precious"
  ln -s "$LOG.precious" "$LOG.link"
  ln -s "$LOG.nothing" "$LOG.dangling"
  undisturbed logs_to "$LOG.link"
  undisturbed logs_to "$LOG.dangling"
  [[ $(<"$LOG.precious") == precious && ! -e $LOG.nothing ]]
}

@test "with a full disk or pipe, or a read-only disk, the program does not wait and no call fails" {
  on_disk() {
    mount -t tmpfs -o size=16k none "$2"
    : >"$2/log"
    head -c 1M /dev/zero >"$2/fill" 2>/dev/null
    [[ $1 != read-only ]] || mount -o remount,bind,ro "$2"
    (echo test >>"$2/log") 2>/dev/null && echo "the log could be written"
    logs_to "$2/log"
  }
  export -f on_disk
  mkdir "$LOG.disk"
  undisturbed unshare -m bash -c 'on_disk "$@"' - full "$LOG.disk"
  undisturbed unshare -m bash -c 'on_disk "$@"' - read-only "$LOG.disk"
  undisturbed stderr_to /dev/full
  exec {both}<>"$FIFO"
  timeout 5 dd if=/dev/zero of="$FIFO" bs=4096 oflag=nonblock 2>/dev/null || true
  stops bash -c "echo test >'$FIFO'"
  undisturbed logs_to "$FIFO"
  undisturbed stderr_to "$FIFO"
}

# broken FIFO CMD...: runs CMD with a FIFO without a reader as stderr.
broken() {
  exec {both}<>"$1" {pipe}>"$1" {both}<&-
  "${@:2}" 2>&"$pipe"
}
export -f broken

@test "writing the log raises no signal for a broken pipe or a file size limit" {
  limited() { ulimit -f 0 && "$@"; }
  export -f limited
  stops broken "$FIFO" bash -c 'exec cat /etc/hostname >&2'
  undisturbed broken "$FIFO" logs_to stderr
  stops limited dd if=/dev/zero of="$LOG" count=1 status=none
  undisturbed limited logs_to "$LOG"
  undisturbed limited stderr_to "$LOG"
  [[ ! -s $LOG ]]
}

@test "signals that the program blocks are pending afterwards as before" {
  NOSELF_LOG=stderr run -0 trap_run 50000 50000 broken "$FIFO" preloaded python3 -c '
import signal, socket

def dial():
    with socket.socket() as s:
        print(s.connect_ex(("127.0.0.1", 50000)), sorted(signal.sigpending()), end=" ")
    print(len(signal.pthread_sigmask(signal.SIG_BLOCK, [])), end="; ")

dial()
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPIPE, signal.SIGXFSZ})
dial()
signal.raise_signal(signal.SIGPIPE)
dial()'
  [[ $output == "111 [] 0; 111 [] 2; 111 [<Signals.SIGPIPE: 13>] 2; " ]]
}

@test "a closed stderr gets no line: descriptor 2 may be the program's data file" {
  # Dials with a data file as descriptor 2, which was closed before.
  data_file() {
    python3 -c '
import os, socket, sys
os.closerange(2, 3)
assert os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT) == 2
print(socket.socket().connect_ex(("127.0.0.1", 50000)))' "$1"
  }
  export -f data_file
  undisturbed eval 'logs_to stderr 2>&-'
  NOSELF_LOG=stderr run -0 trap_run 50000 50001 preloaded bash -c "data_file $LOG && data_file $LOG 2>&-"
  [[ $output == $'111\n111' && ! -s $LOG && -e $LOG ]]
}

@test "a log path that cannot be written is reported in one line when the library loads" {
  need setpriv
  local dir=$BATS_TEST_TMPDIR path
  mkdir "$dir/directory"
  ln -s file "$dir/link"
  for path in link=ELOOP directory=EISDIR missing/file=ENOENT link/file=ENOTDIR; do
    : >"$dir/file"
    run -0 env NOSELF_LOG="$dir/${path%=*}" LD_PRELOAD="$LIBRARY" true
    [[ $output == "noself: NOSELF_LOG=$dir/${path%=*}: cannot be written to (${path#*=}); "* ]]
    [[ ${#lines[@]} == 1 ]]
  done
  # A file that can be written is neither reported nor created; a FIFO is not opened.
  for path in file new fifo; do
    run -0 env NOSELF_LOG="$dir/$path" LD_PRELOAD="$LIBRARY" true
    [[ -z $output && ! -e $dir/new ]]
  done
  [[ $EUID == 0 ]] || return 0
  for path in /etc/passwd /etc/new-file; do
    run -0 env NOSELF_LOG="$path" LD_PRELOAD="$LIBRARY" \
      setpriv --reuid=65534 --regid=65534 --clear-groups true
    [[ $output == "noself: NOSELF_LOG=$path: cannot be written to (EACCES); "* ]]
  done
}
