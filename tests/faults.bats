#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Every system call that the shim makes, failed in turn; every place to log to that a line cannot
# get to. The program sees what it would see bare, or the chosen errno: no hang, no crash, no socket
# left between two states.

# shellcheck disable=SC2030,SC2031 # each test is a subshell with an output of its own
# shellcheck disable=SC2094 # a FIFO is opened both ways so that nobody waits
load lib/helpers

# What the shim may call. bind(), connect(), getsockname() and sendto() are the program's too: failed
# in the program's place, the program is to see that very failure.
CALLS=(bind clock_gettime close connect getpeername getpid getsockname getsockopt ioctl openat ppoll
  prctl rt_sigpending rt_sigprocmask rt_sigtimedwait sendmsg sendto setsockopt statx write)
ERRORS=(ENOMEM EPERM ENOSYS EINVAL EBADF EINTR)

LOG_LINE='^([0-9T:.-]+Z )?noself\[[0-9]+\]: comm=[a-z_]* fd=[0-9]+ self=127\.0\.0\.1:50000'
LOG_LINE+=' action=[a-z]+ tries=[0-9]+ result=[A-Z]+$'

setup() {
  need_namespace
  TRACE=$BATS_TEST_TMPDIR/trace LOG=$BATS_TEST_TMPDIR/log
}

# scene env|strace [OPTION...] [NAME=VALUE]: the scene of `range`, `settings` and `arguments`, run by
# env or strace. Prints what the probe says; what was logged goes to $LOG.
scene() {
  local setting options=()
  for setting in "${settings[@]}"; do
    [[ $1 != strace ]] || options+=(-E)
    options+=("$setting")
  done
  # shellcheck disable=SC2086 # the range is two words
  trap_run $range timeout 10 "$@" "${options[@]}" "$PROBES/fault_scene" "${arguments[@]}" 50000 \
    2>"$LOG.stderr"
  cat "$LOG.stderr" >>"$LOG"
}

# learn: fills `places` with "CALL NUMBER NTH", for each call of the scene: which one it is of that
# name in the process, and in the scene.
learn() {
  mapfile -t places < <(awk -F'(' '
    $1 == "getppid" { inside = !inside; next }
    { before[$1]++ }
    inside { print $1, before[$1], ++nth[$1] }' "$TRACE")
}

# judge CALL ERROR WHEN OUTPUT: whether the outcome is one that may be, `bare` and `guarded` being
# those without a fault.
judge() {
  local line=$4 options refused allowed again=OK
  options=${bare#* range=} options=" range=${options%% again=*}"
  [[ $guarded != *again=* ]] || again=${guarded##*again=}
  refused="returned=ECONNREFUSED state=CLOSE self=no so_error=OK${options% port=*} again=$again"
  allowed=("$bare" "$guarded" "$refused")
  case $1 in
    bind | connect | getsockname | sendto) allowed+=("${refused/ECONNREFUSED/$2}") ;;
  esac
  # A port that was put off and cannot be taken now shows when it is asked for again.
  [[ $1 != @(bind|getsock*) ]] || allowed+=("${guarded/port=yes/port=later}")
  # What the shim can no longer set back, or ask for, stays as it is.
  case $1:$3 in
    setsockopt:*+) line=${line/hint=1/hint=0} line=${line/port=never/port=yes} ;;
    getsockopt:*+) line=${line/so_error=ECONNRESET/so_error=OK} ;;
  esac
  printf '%s\n' "${allowed[@]}" | grep -qxF -- "$line" && whole_lines
}

# whole_lines: what was logged is nothing, or one line and whole; a failed case may have none.
whole_lines() {
  [[ ! -s $LOG ]] || [[ $(wc -l <"$LOG") == 1 && $(<"$LOG") =~ $LOG_LINE ]]
}

# one_place_fails CALL WHEN NTH ERROR...: the scene with that call failing, in each of these ways.
one_place_fails() {
  local error output
  for error in "${@:4}"; do
    : >"$LOG"
    output=$(scene strace -o "$TRACE" -e trace="$1" -e inject="$1:error=$error:when=$2" \
      -E LD_PRELOAD="$SHIM")
    cases=$((cases + 1))
    grep -q INJECTED "$TRACE" && judge "$1" "$error" "$2" "$output" && continue
    bad=$((bad + 1))
    echo "$1, $3. time ($2), $error: $output"
    cat "$LOG"
  done
}

# each_place_fails: the same for each call of `places`: once, in every way where there is time; and,
# for the first of a name (three where there is time), from then on. Where one way has to do, it is
# another one each time.
each_place_fails() {
  local place call number nth next cases=0 bad=0 most=1
  ((!FULL)) || most=3
  for place in "${places[@]}"; do
    read -r call number nth <<<"$place"
    next=${ERRORS[cases % ${#ERRORS[@]}]}
    if ((FULL)); then
      one_place_fails "$call" "$number" "$nth" "${ERRORS[@]}"
    else
      one_place_fails "$call" "$number" "$nth" "$next"
    fi
    ((nth > most)) || one_place_fails "$call" "$number+" "$nth" "$next"
  done
  echo "$cases cases, $bad bad"
  ((cases >= ${#places[@]} && !bad))
}
FULL=$((${NOSELF_FULL:-0} == 1))

# look_at RANGE ARGUMENTS SETTINGS: what the scene comes to bare and guarded, when nothing fails.
look_at() {
  range=$1
  read -ra arguments <<<"$2"
  read -ra settings <<<"$3"
  : >"$LOG"
  bare=$(scene env)
  guarded=$(scene strace -o "$TRACE" -e "trace=getppid,$4" -E LD_PRELOAD="$SHIM")
  printf '%s\n' "scene: $*" "bare: $bare" "guarded: $guarded"
  [[ $bare == returned=* && $guarded == returned=* ]] && whole_lines
}

# each_call_fails RANGE ARGUMENTS SETTINGS: the scene with each call of the shim failing.
each_call_fails() {
  need strace
  look_at "$1" "$2" "$3" "$(IFS=, && echo "${CALLS[*]}")"
  learn
  ((${#places[@]} >= 2))
  each_place_fails
}

@test "each call fails in turn: a dial elsewhere connects all the same" {
  each_call_fails '50000 50003' '-L' ''
  [[ $guarded == 'returned=OK state=ESTABLISHED self=no '* ]]
}

@test "each call fails in turn: a dial that finds no port fails all the same" {
  each_call_fails '50000 50000' '-L' ''
  [[ $guarded == 'returned=EADDRNOTAVAIL '* ]]
}

@test "each call fails in turn: a dial of itself is refused, or let be" {
  # The same calls, but for the first one.
  ((!FULL)) || each_call_fails '50000 50000' '-m' ''
  ((!FULL)) || each_call_fails '50000 50000' '-s' ''
  ((!FULL)) || each_call_fails '50000 50000' '-b 0' ''
  each_call_fails '50000 50000' '' ''
  [[ $bare == 'returned=OK '*' self=yes '* && $guarded == 'returned=ECONNREFUSED '* ]]
}

@test "each call fails in turn: a dial that is done again from another port" {
  each_call_fails '50000 50001' '' ''
  each_call_fails '50000 50001' '-n' ''
  each_call_fails '40000 60000' '-l 50000 -h 50000' ''
  [[ $bare == 'returned=OK '*' self=yes '* && $guarded == 'returned=ECONNREFUSED '* ]]
}

@test "each call fails in turn: a pinned socket" {
  each_call_fails '50000 50000' '-b 50000' ''
  [[ $bare == 'returned=OK '*' self=yes '* && $guarded == 'returned=ECONNREFUSED '* ]]
  each_call_fails '50000 50000' '-b 50000' 'NOSELF_PINNED=allow'
  [[ $guarded == "$bare" ]]
}

@test "each call fails in turn: the other modes" {
  each_call_fails '50000 50000' '' 'NOSELF_MODE=fail'
  each_call_fails '50000 50000' '' 'NOSELF_MODE=observe'
  [[ $guarded == "$bare" ]]
}

@test "each call fails in turn: a bind() whose port is put off, and made good when it is seen" {
  each_call_fails '50000 50003' '-B' ''
  [[ $guarded == "$bare" && $bare == *port=yes* ]]
}

@test "each call fails in turn: a line to a file" {
  each_call_fails '50000 50000' '' "NOSELF_MODE=fail NOSELF_LOG=$LOG"
  each_call_fails '50000 50000' '' "NOSELF_MODE=observe NOSELF_LOG=$LOG"
}

@test "each call fails in turn: a line to stderr" {
  each_call_fails '50000 50000' '' 'NOSELF_MODE=fail NOSELF_LOG=stderr'
  each_call_fails '50000 50000' '' 'NOSELF_MODE=observe NOSELF_LOG=stderr'
}

@test "each call fails in turn: the library being loaded" {
  need strace
  look_at '50000 50000' '' 'NOSELF_LOG=stderr' prctl,statx
  mapfile -t places < <(awk -F'(' '
    { count[$1]++ }
    $1 == "prctl" && count[$1] == 1 || /^statx\(2,/ { print $1, count[$1], 1 }' "$TRACE")
  echo "${places[*]}"
  ((${#places[@]} >= 3))
  each_place_fails
}

@test "where it cannot be learnt whether execution is secure, the environment is not read" {
  need strace
  # fails CALL:ERROR: the dial, on a kernel that knows no other way than the file, with that call
  # on the file failing too.
  fails() {
    local call=${1%:*} number
    local before=(trap_run 50000 50000 strace -o "$TRACE" -e "trace=prctl,openat,read"
      -e inject=prctl:error=EINVAL:when=1 -E LD_PRELOAD="$SHIM" -E NOSELF_ERRNO=EHOSTDOWN)
    "${before[@]}" "$PROBES/dial" 127.0.0.1 50000
    number=$(awk -F'(' -v call="$call" '
      { count[$1]++ }
      /auxv/ { file = 1 }
      file && $1 == call { print count[$1]; exit }' "$TRACE")
    "${before[@]}" -e inject="$call:error=${1#*:}:when=$number" "$PROBES/dial" 127.0.0.1 50000
  }
  run -0 fails openat:EACCES
  [[ ${lines[0]} == *result=EHOSTDOWN* && ${lines[1]} == *result=ECONNREFUSED* ]]
  run -0 fails read:EIO
  [[ ${lines[0]} == *result=EHOSTDOWN* && ${lines[1]} == *result=ECONNREFUSED* ]]
  # Where there is no /proc at all, user and group tell.
  run -0 fails openat:ENOENT
  [[ ${lines[0]} == *result=EHOSTDOWN* && ${lines[1]} == *result=EHOSTDOWN* ]]
}

# A filter is what a sandbox has, and fails a call every time; here it comes after the socket was
# made, and the bare outcome is the one under the same filter.
each_filter() {
  local call cases=0
  for call in getsockname getpeername getsockopt setsockopt bind clock_gettime getpid openat ppoll \
    prctl rt_sigpending rt_sigprocmask statx write all; do
    range='50000 50000' arguments=() settings=("${@:2}")
    [[ $call == all ]] || arguments=(-x "$call")
    [[ $call != all ]] || arguments=(-x getsockname -x getpeername -x getsockopt -x setsockopt
      -x bind -x openat -x ppoll -x prctl -x statx -x write)
    # shellcheck disable=SC2206 # these are words
    arguments+=($1)
    : >"$LOG"
    bare=$(scene env) guarded=$(scene env LD_PRELOAD="$SHIM")
    [[ $bare == returned=* ]]
    judge none EPERM 1 "$guarded" || {
      printf '%s\n' "-x $call $*" "bare: $bare" "guarded: $guarded"
      cat "$LOG"
      return 1
    }
    # Where the filter does not touch what is asked about the connection, the guard holds.
    [[ $1 == -B || $call == @(getsockname|getpeername|getsockopt|all) ||
      $guarded == returned=ECONNREFUSED* ]]
    cases=$((cases + 1))
  done
  ((cases == 15))
}

@test "a seccomp filter gives EPERM for the shim's calls, one by one and together" {
  each_filter '' "NOSELF_LOG=$LOG"
  each_filter '-n' 'NOSELF_LOG=stderr'
  each_filter '-b 0' "NOSELF_LOG=$LOG"
  each_filter '-b 50000' "NOSELF_LOG=$LOG"
  each_filter '-B'
}

# What `ways` says when the guard works and nothing disturbs it: in observe mode the dial succeeds,
# and must leave errno as it was.
OBSERVED='returned=OK result=OK port=50000 self=yes'
REFUSED='returned=ECONNREFUSED result=ECONNREFUSED port=50000 self=no'

# undisturbed COMMAND...: the command runs the probe, by `dials`, refused and observed in two
# namespaces; both come out as if there were no log. Signals have their default effect.
undisturbed() {
  export SHIM PROBES LOG BATS_TEST_TMPDIR
  run -0 trap_run 50000 50000 env --default-signal timeout 20 bash -c '"$@"' - "$@"
  [[ $output == "$REFUSED" ]] || return 1
  NOSELF_MODE=observe run -1 trap_run 50000 50000 env --default-signal timeout 20 bash -c '"$@"' \
    - "$@"
  [[ $output == "$OBSERVED" ]]
}

# dials LOG: what `undisturbed` is about.
dials() {
  NOSELF_LOG=$1 LD_PRELOAD=$SHIM "$PROBES/dial" 127.0.0.1 50000 2>/dev/null
}

# without_signals COMMAND...: how the command ends, run with every signal's default effect.
without_signals() {
  env --default-signal bash -c '"$@"' - "$@"
}
export -f dials

@test "a full disk, a read-only one: the log is lost and nothing else" {
  on_disk() {
    local disk=$BATS_TEST_TMPDIR/disk
    mkdir -p "$disk"
    mount -t tmpfs -o size=16k none "$disk"
    : >"$disk/log"
    head -c 1M /dev/zero >"$disk/fill" 2>/dev/null
    [[ $1 != read-only ]] || mount -o remount,bind,ro "$disk"
    # What is on trial does fail here.
    (echo test >>"$disk/log") 2>/dev/null && echo "the log could be written"
    dials "$disk/log"
    local result=$?
    [[ ! -s $disk/log ]] || echo "the log was written"
    return "$result"
  }
  export -f on_disk
  undisturbed unshare -m bash -c 'on_disk full'
  undisturbed unshare -m bash -c 'on_disk read-only'
}

@test "a log in a folder that is not there, a folder, a device, a socket: lost and nothing else" {
  need python3
  local to
  python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' \
    "$BATS_TEST_TMPDIR/socket"
  for to in "$BATS_TEST_TMPDIR/none/log" "$BATS_TEST_TMPDIR" /dev/full /dev/null /dev/tty \
    "$BATS_TEST_TMPDIR/socket" "$PROBES/dial/log"; do
    undisturbed dials "$to"
  done
  [[ ! -e $BATS_TEST_TMPDIR/none ]]
  # The same way a log that can be written has its line, in either mode.
  undisturbed dials "$LOG"
  [[ $(wc -l <"$LOG") == 2 && $(grep -cE "$LOG_LINE" "$LOG") == 2 ]]
}

@test "a symbolic link as the log is not followed, whatever it leads to" {
  echo precious >"$BATS_TEST_TMPDIR/precious"
  ln -s "$BATS_TEST_TMPDIR/precious" "$LOG.link"
  ln -s "$BATS_TEST_TMPDIR/nothing" "$LOG.dangling"
  undisturbed dials "$LOG.link"
  undisturbed dials "$LOG.dangling"
  [[ $(<"$BATS_TEST_TMPDIR/precious") == precious && ! -e $BATS_TEST_TMPDIR/nothing ]]
}

@test "a FIFO as the log: with a reader it gets the lines; without one, or full, nobody waits" {
  local fifo=$BATS_TEST_TMPDIR/fifo
  mkfifo "$fifo"
  # A write that waits does wait here.
  run -124 timeout 0.2 bash -c "echo test >'$fifo'"
  undisturbed dials "$fifo"
  exec {both}<>"$fifo"
  undisturbed dials "$fifo"
  run -0 timeout 5 head -n 2 <&"$both"
  [[ ${lines[0]} =~ $LOG_LINE && ${lines[1]} =~ $LOG_LINE ]]
  timeout 5 dd if=/dev/zero of="$fifo" bs=4096 oflag=nonblock 2>/dev/null || true
  run -124 timeout 0.2 bash -c "echo test >'$fifo'"
  undisturbed dials "$fifo"
  exec {both}<&-
}

@test "a stderr that is closed: the descriptor is the program's, and gets no line" {
  need python3
  to_closed() {
    dials stderr 2>&-
  }
  # The socket itself is descriptor 2 as well, and a line on it would come back from itself.
  to_closed_and_reads() {
    NOSELF_LOG=stderr NOSELF_MODE=observe LD_PRELOAD=$SHIM python3 -c '
import os, socket
s = socket.socket()
os.dup2(s.fileno(), 2)
s.connect(("127.0.0.1", 50000))
s.setblocking(False)
try:
    print(s.recv(1000))
except BlockingIOError:
    print("nothing")' 2>&-
  }
  export -f to_closed to_closed_and_reads
  undisturbed to_closed
  run -0 trap_run 50000 50000 to_closed_and_reads
  [[ $output == nothing ]]
}

@test "a stderr that is full, /dev/full or a full pipe: nobody waits and nothing fails" {
  local fifo=$BATS_TEST_TMPDIR/fifo
  to() {
    dials stderr 2>"$1"
  }
  export -f to
  undisturbed to /dev/full
  mkfifo "$fifo"
  exec {both}<>"$fifo"
  undisturbed to "$fifo"
  timeout 5 dd if=/dev/zero of="$fifo" bs=4096 oflag=nonblock 2>/dev/null || true
  run -124 timeout 0.2 bash -c "echo test >'$fifo'"
  undisturbed to "$fifo"
  exec {both}<&-
}

@test "a stderr that is a broken pipe kills a program that writes to it, but not by the log" {
  local fifo=$BATS_TEST_TMPDIR/fifo
  mkfifo "$fifo"
  broken() {
    exec {both}<>"$1" {pipe}>"$1"
    exec {both}<&-
    "${@:2}" 2>&"$pipe"
  }
  writes() {
    # A program of its own, for the shell looks at what it writes itself.
    cat /etc/hostname >&2
  }
  export -f broken writes
  run -141 without_signals broken "$fifo" writes
  undisturbed broken "$fifo" dials stderr
}

@test "a limit on the size of files kills a program that writes to one, but not by the log" {
  limited() {
    ulimit -f 0
    "$@"
  }
  to_file() {
    dials stderr 2>"$LOG"
  }
  export -f limited to_file
  run -153 without_signals limited dd if=/dev/zero of="$LOG" count=1 status=none
  undisturbed limited dials "$LOG"
  undisturbed limited to_file
  [[ ! -s $LOG ]]
}

@test "signals that the program holds back are as pending afterwards as before" {
  need python3
  undisturbed_signals() {
    exec {both}<>"$BATS_TEST_TMPDIR/fifo" {pipe}>"$BATS_TEST_TMPDIR/fifo"
    exec {both}<&-
    NOSELF_LOG=stderr LD_PRELOAD=$SHIM python3 - 2>&"$pipe" <<'EOF'
import signal, socket

def dial():
    with socket.socket() as s:
        try:
            s.connect(("127.0.0.1", 50000))
        except OSError as e:
            print(e.errno, sorted(signal.sigpending()), end="; ")

dial()
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPIPE, signal.SIGXFSZ})
dial()
signal.raise_signal(signal.SIGPIPE)
dial()
print(signal.SIGPIPE in signal.pthread_sigmask(signal.SIG_BLOCK, []))
EOF
  }
  export -f undisturbed_signals
  mkfifo "$BATS_TEST_TMPDIR/fifo"
  run -0 trap_run 50000 50000 undisturbed_signals
  [[ $output == "111 []; 111 []; 111 [<Signals.SIGPIPE: 13>]; True" ]]
}

@test "each of the fourteen ways in which preloaded libraries are known to break has its test" {
  local way known=0 what file title
  while IFS='|' read -r what file title; do
    way=${what%% *}
    [[ $way == "$known" || $way == "$((known + 1))" ]]
    known=$way
    grep -qF "@test \"$title" "$ROOT/tests/$file.bats" || {
      echo "$what: no test in tests/$file.bats is called '$title...'"
      return 1
    }
  done <<'EOF'
1 a hook runs before the constructor|early|a dial from another library's constructor is guarded
2 allocation, stdio, dlsym or locks in a hook|portable|the file exports the listed names alone
2 in signal handlers and threads|storms|eight threads dial at once
2 after fork|storms|forks, vforks and handlers around forks dial
2 under other interposers|stack|libjemalloc and the shim
3 tables of descriptors go stale|connect|nothing is left behind
3 closed by others|storms|descriptors closed and replaced in mid-dial
4 a descriptor is held open|log|a line in a file is preceded by the time, and the file is not held
4 and recycled|log|a closed stderr that became a data file gets nothing
5 errno changes on success|fuzz|of a million sequences
5 or by logging|faults|a log in a folder that is not there
6 the caller's memory is read too early|connect|what is wrong with a call is what the kernel says
6 in any order of calls|fuzz|it names the sequence in which a hook crashed
7 exit() and abort() are not even asked for|portable|the file exports the listed names alone
8 output that nobody asked for|settings|without any setting a dial of oneself is refused, and nothing
9 does not load on an old libc|portable|the flags of a distribution do not make the file ask for more
9 or on musl|portable|a client of musl is caught bare
9 an executable stack|hardening|the file has full RELRO
10 wrong ELF class|portable|a tree of 64-bit and 32-bit processes
10 ASan comes first|portable|under gcc's AddressSanitizer
11 silently not loaded: static|noself|a statically linked program is refused
11 set-user-ID|noself|set-user-ID and set-group-ID programs are refused
11 file capabilities|noself|a program with file capabilities is refused
12 an LD_PRELOAD is overwritten|noself|a preload that is there is kept
13 MSG_FASTOPEN, O_NONBLOCK|connect|every way to dial oneself reaches itself bare
14 memory in every process|cost|the library has at most
14 thread-local storage|hardening|the file has full RELRO
EOF
  ((known == 14))
}
