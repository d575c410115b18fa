#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# NOSELF_LOG: the line, where it goes, where it must not go, and where it cannot go.

# shellcheck disable=SC2030,SC2031 # each test is a subshell with an output of its own
# shellcheck disable=SC2094 # a FIFO is opened both ways so that nobody waits

load lib/helpers

setup() {
  need_namespace
  LOG=$BATS_TEST_TMPDIR/log
}

LINE='noself\[[0-9]+\]: comm=dial fd=[0-9]+ self=127\.0\.0\.1:50000 action=retried tries=1 result=ECONNREFUSED'

@test "a line on stderr names the self-connection and the result" {
  NOSELF_LOG=stderr run --separate-stderr -0 \
    trap_run 50000 50001 preloaded "$PROBES/dial" 127.0.0.1 50000
  # shellcheck disable=SC2154 # bats sets it
  [[ $stderr =~ ^$LINE$ ]]
  NOSELF_LOG=stderr run --separate-stderr -0 \
    trap_run 50000 50001 preloaded "$PROBES/dial" 127.0.0.1 40000
  [[ $stderr == '' ]]
}

@test "each action and each result has its word in the line" {
  local settings arguments expected
  while IFS='|' read -r settings arguments expected; do
    # shellcheck disable=SC2086 # the words are arguments
    run --separate-stderr trap_run 50000 50000 preloaded env NOSELF_LOG=stderr $settings \
      "$PROBES/dial" $arguments 50000
    [[ $stderr == *" self=$expected" ]] || {
      echo "expected: $expected; got: $stderr"
      return 1
    }
  done <<'END'
|127.0.0.1|127.0.0.1:50000 action=failed tries=2 result=ECONNREFUSED
|::ffff:127.0.0.1|[::ffff:127.0.0.1]:50000 action=failed tries=2 result=ECONNREFUSED
NOSELF_MODE=fail NOSELF_ERRNO=ETIMEDOUT|127.0.0.1|127.0.0.1:50000 action=failed tries=0 result=ETIMEDOUT
NOSELF_MODE=fail NOSELF_ERRNO=41|127.0.0.1|127.0.0.1:50000 action=failed tries=0 result=41
NOSELF_MODE=observe|::1|[::1]:50000 action=observed tries=0 result=OK
NOSELF_MODE=observe|-n ::1|[::1]:50000 action=observed tries=0 result=EINPROGRESS
NOSELF_PINNED=allow|-b 127.0.0.1 -p 50000 127.0.0.1|127.0.0.1:50000 action=allowed tries=0 result=OK
END
}

@test "a line in a file begins with the time, and the file is not kept open" {
  twice() {
    "$PROBES/dial" -c 2 127.0.0.1 50000
    mv "$1" "$1.old"
    "$PROBES/dial" 127.0.0.1 50000
  }
  export -f twice
  NOSELF_LOG=$LOG run -0 trap_run 50000 50001 preloaded bash -c "twice $LOG"
  [[ $(grep -cE "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z $LINE\$" "$LOG.old") == 2 ]]
  [[ $(grep -cE "$LINE\$" "$LOG") == 1 ]]
  # It is the time of now, in UTC.
  local logged
  logged=$(cut -d' ' -f1 "$LOG")
  (($(date +%s) - $(date -d "$logged" +%s) < 60))
}

@test "if stderr is the journal, a line begins with its priority" {
  to_journal() {
    exec 2>"$1"
    JOURNAL_STREAM=$(stat -Lc '%d:%i' /dev/fd/2) "$PROBES/dial" 127.0.0.1 50000
    JOURNAL_STREAM=$(stat -Lc '%d:1' /dev/fd/2) "$PROBES/dial" 127.0.0.1 50000
  }
  export -f to_journal
  NOSELF_LOG=stderr run -0 trap_run 50000 50001 preloaded bash -c "to_journal $LOG"
  [[ $(grep -cE "^<4>$LINE\$" "$LOG") == 1 && $(grep -cE "^$LINE\$" "$LOG") == 1 ]]
}

@test "a process writes at most ten lines a second, and says how many it dropped" {
  # 2.5 seconds touch three or four seconds of the clock.
  NOSELF_LOG=$LOG run -0 trap_run 50000 50001 preloaded python3 -c '
import socket, time
end = time.monotonic() + 2.5
while time.monotonic() < end:
    with socket.socket() as s:
        s.connect_ex(("127.0.0.1", 50000))'
  [[ $(wc -l <"$LOG") -ge 20 && $(wc -l <"$LOG") -le 40 ]]
  [[ $(grep -c ' dropped=[1-9][0-9]*$' "$LOG") -ge 1 ]]
}

@test "a thread's name cannot break the line" {
  NOSELF_LOG=stderr run -0 trap_run 50000 50001 preloaded python3 -c '
import ctypes, socket
ctypes.CDLL(None).prctl(15, b"a b\n\x1b]=\xff", 0, 0, 0)
socket.socket().connect_ex(("127.0.0.1", 50000))'
  [[ $(wc -l <<<"$output") == 1 && $output == *' comm=a?b??]=? fd='* ]]
}

# undisturbed CMD...: CMD, which runs `logs_to`, comes out refused, and observed in the other mode, as
# if there were no log; a success leaves errno as it was. Signals have their default effect.
undisturbed() {
  run -0 --separate-stderr trap_run 50000 50000 env --default-signal timeout 20 bash -c '"$@"' - "$@"
  [[ $output == 'returned=ECONNREFUSED result=ECONNREFUSED port=50000 self=no' ]] || return 1
  NOSELF_MODE=observe \
    run -1 --separate-stderr trap_run 50000 50000 env --default-signal timeout 20 bash -c '"$@"' - "$@"
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
  local to fifo=$BATS_TEST_TMPDIR/fifo
  python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' \
    "$BATS_TEST_TMPDIR/socket"
  mkfifo "$fifo"
  for to in "$BATS_TEST_TMPDIR/none/log" "$BATS_TEST_TMPDIR" /dev/full /dev/null /dev/tty \
    "$BATS_TEST_TMPDIR/socket" "$PROBES/dial/log" "$fifo"; do
    undisturbed logs_to "$to"
  done
  [[ ! -e $BATS_TEST_TMPDIR/none ]]
  # With a reader a FIFO gets the lines, as a file does.
  exec {both}<>"$fifo"
  undisturbed logs_to "$fifo"
  run -0 timeout 5 head -n 2 <&"$both"
  [[ $(count "${LINE/action*/}") == 2 ]]
  exec {both}<&-
}

@test "a symbolic link as the log file is not followed" {
  echo precious >"$BATS_TEST_TMPDIR/precious"
  ln -s "$BATS_TEST_TMPDIR/precious" "$LOG.link"
  ln -s "$BATS_TEST_TMPDIR/nothing" "$LOG.dangling"
  undisturbed logs_to "$LOG.link"
  undisturbed logs_to "$LOG.dangling"
  [[ $(<"$BATS_TEST_TMPDIR/precious") == precious && ! -e $BATS_TEST_TMPDIR/nothing ]]
}

@test "with a full disk or pipe, or a read-only disk, the program does not wait and no call fails" {
  local fifo=$BATS_TEST_TMPDIR/fifo
  on_disk() {
    local disk=$BATS_TEST_TMPDIR/disk
    mkdir -p "$disk"
    mount -t tmpfs -o size=16k none "$disk"
    : >"$disk/log"
    head -c 1M /dev/zero >"$disk/fill" 2>/dev/null
    [[ $1 != read-only ]] || mount -o remount,bind,ro "$disk"
    (echo test >>"$disk/log") 2>/dev/null && echo "the log could be written"
    logs_to "$disk/log"
  }
  export -f on_disk
  export BATS_TEST_TMPDIR
  undisturbed unshare -m bash -c 'on_disk full'
  undisturbed unshare -m bash -c 'on_disk read-only'
  undisturbed stderr_to /dev/full
  mkfifo "$fifo"
  exec {both}<>"$fifo"
  timeout 5 dd if=/dev/zero of="$fifo" bs=4096 oflag=nonblock 2>/dev/null || true
  stops bash -c "echo test >'$fifo'"
  undisturbed logs_to "$fifo"
  undisturbed stderr_to "$fifo"
  exec {both}<&-
}

@test "writing the log raises no signal for a broken pipe or a file size limit" {
  local fifo=$BATS_TEST_TMPDIR/fifo
  mkfifo "$fifo"
  broken() {
    exec {both}<>"$1" {pipe}>"$1"
    exec {both}<&-
    "${@:2}" 2>&"$pipe"
  }
  limited() {
    ulimit -f 0
    "$@"
  }
  export -f broken limited
  stops broken "$fifo" bash -c 'exec cat /etc/hostname >&2'
  undisturbed broken "$fifo" logs_to stderr
  stops limited dd if=/dev/zero of="$LOG" count=1 status=none
  undisturbed limited logs_to "$LOG"
  undisturbed limited stderr_to "$LOG"
  [[ ! -s $LOG ]]
}

@test "signals that the program blocks are pending afterwards as before" {
  undisturbed_signals() {
    exec {both}<>"$BATS_TEST_TMPDIR/fifo" {pipe}>"$BATS_TEST_TMPDIR/fifo"
    exec {both}<&-
    NOSELF_LOG=stderr LD_PRELOAD=$LIBRARY python3 - 2>&"$pipe" <<'END'
import signal, socket

def dial():
    with socket.socket() as s:
        print(s.connect_ex(("127.0.0.1", 50000)), sorted(signal.sigpending()), end="; ")

dial()
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPIPE, signal.SIGXFSZ})
dial()
signal.raise_signal(signal.SIGPIPE)
dial()
print(signal.SIGPIPE in signal.pthread_sigmask(signal.SIG_BLOCK, []))
END
  }
  export -f undisturbed_signals
  mkfifo "$BATS_TEST_TMPDIR/fifo"
  run -0 trap_run 50000 50000 undisturbed_signals
  [[ $output == "111 []; 111 []; 111 [<Signals.SIGPIPE: 13>]; True" ]]
}

@test "a closed stderr gets no line: descriptor 2 may be the program's data file or socket" {
  to_closed() {
    logs_to stderr 2>&-
  }
  export -f to_closed
  undisturbed to_closed
  NOSELF_LOG=stderr run -0 trap_run 50000 50001 preloaded python3 -c '
import os, socket, sys
os.close(2)
assert os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT) == 2
print(socket.socket().connect_ex(("127.0.0.1", 50000)))' "$LOG"
  [[ $output == 111 && ! -s $LOG && -e $LOG ]]
  NOSELF_LOG=stderr NOSELF_MODE=observe run -0 trap_run 50000 50000 preloaded bash -c 'exec python3 -c "
import os, socket
s = socket.socket()
os.dup2(s.fileno(), 2)
s.connect((\"127.0.0.1\", 50000))
s.setblocking(False)
try:
    print(s.recv(1000))
except BlockingIOError:
    print(\"nothing\")" 2>&-'
  [[ $output == nothing ]]
}
