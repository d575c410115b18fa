#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Every system call that the shim makes, failed in turn; every place to log to that a line cannot
# get to. The program sees what it would see bare, or the chosen errno: no hang, no crash, no socket
# left between two states.

load lib/helpers

# What the shim may call. bind(), connect(), getsockname() and sendto() are the program's too: failed
# in the program's place, the program is to see that very failure.
CALLS=(bind clock_gettime close connect getpeername getpid getsockname getsockopt openat ppoll prctl
  rt_sigpending rt_sigprocmask rt_sigtimedwait sendto setsockopt statx write)
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
    rm -f "$LOG"
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
  rm -f "$LOG"
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
  each_call_fails '50000 50000' '' ''
  each_call_fails '50000 50000' '-m' ''
  each_call_fails '50000 50000' '-s' ''
  each_call_fails '50000 50000' '-b 0' ''
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
  look_at '50000 50000' '' 'NOSELF_LOG=stderr' openat,read,close,statx
  mapfile -t places < <(awk -F'(' '
    { count[$1]++ }
    /\/proc\/self\/auxv/ { start = 1 }
    start && !seen[$1]++ || /^statx\(2,/ { print $1, count[$1], 1 }
    $1 == "close" { start = 0 }' "$TRACE")
  echo "${places[*]}"
  ((${#places[@]} >= 4))
  each_place_fails
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
    rm -f "$LOG"
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
