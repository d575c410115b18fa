#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# System calls of the library that the kernel or a sandbox refuses, and the index of the ways in which
# preloaded libraries are known to break. That the guard bears with every answer of every call is
# explored by tests/unit/test_guard.c; here is that the real calls are those, and what loading does.

# shellcheck disable=SC2030,SC2031 # each test is a subshell with an output of its own
load lib/helpers

setup() {
  need_namespace
  need strace
  TRACE=$BATS_TEST_TMPDIR/trace
}

# fails CALL:ERROR:WHEN ARGUMENT...: one dial of itself, with the library, while that call fails. The
# probe itself makes none of the calls that are failed below but connect(), setsockopt() and write().
fails() {
  trap_run 50000 50001 timeout 20 strace -o "$TRACE" -e trace="${1%%:*}" \
    -e inject="${1%%:*}:error=${1#*:}" -E LD_PRELOAD="$LIBRARY" -E NOSELF_LOG=stderr \
    "$PROBES/dial" -q "${@:2}" 127.0.0.1 50000
}

@test "each call of the guard and of the log fails once: the dial is refused, or let be as bare" {
  local call number cases=0
  for call in getsockname getpeername getsockopt setsockopt bind connect prctl statx write ppoll ioctl sendmsg \
    rt_sigpending rt_sigprocmask getpid clock_gettime; do
    for ((number = 1; number < 20; number++)); do
      # Behind the line the probe writes its own.
      [[ $call != write || $number == 1 ]] || break
      run fails "$call:ENOMEM:when=$number"
      grep -q INJECTED "$TRACE" || break
      cases=$((cases + 1))
      [[ ${lines[-1]} == "1 dials, 1 refused, 0 reached themselves" ||
        $call == @(getsockname|getpeername|getsockopt|connect) &&
        ${lines[-1]} == "1 dials, 0 refused, 1 reached themselves" ||
        $call == connect && ${lines[-1]} == 'dial: Cannot allocate memory' ]] || {
        echo "$call, number $number: $output"
        return 1
      }
    done
  done
  ((cases >= 15))
}

@test "a sandbox that never lets a call through: the guard holds where it can still see the names" {
  local call
  for call in setsockopt bind prctl statx ppoll rt_sigpending rt_sigprocmask; do
    run -0 fails "$call:EPERM"
    [[ ${lines[-1]} == "1 dials, 1 refused, 0 reached themselves" ]]
  done
  for call in getsockname getpeername getsockopt; do
    run fails "$call:EPERM"
    [[ ${lines[-1]} == "1 dials, "[01]" refused, "[01]" reached themselves" ]]
  done
}

@test "where it cannot be learnt whether execution is secure, the environment is not read" {
  need strace
  # fails CALL:ERROR: the dial, on a kernel that knows no other way than the file, with that call
  # on the file failing too.
  fails() {
    local call=${1%:*} number
    local before=(trap_run 50000 50000 strace -o "$TRACE" -e "trace=prctl,openat,read"
      -e inject=prctl:error=EINVAL:when=1 -E LD_PRELOAD="$LIBRARY" -E NOSELF_ERRNO=EHOSTDOWN)
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
2 under other interposers|stack|libjemalloc and the library
3 tables of descriptors go stale|connect|nothing is left behind
3 closed by others|storms|descriptors closed and replaced in mid-dial
4 a descriptor is held open|log|a line in a file is preceded by the time, and the file is not held
4 and recycled|log|a closed stderr gets no line
5 errno changes on success|fuzz|of a million sequences
5 or by logging|log|a log that cannot be opened
6 the caller's memory is read too early|fuzz|it finds one byte written behind a name, and names the sequence
7 exit() and abort() are not even asked for|portable|the file exports the listed names alone
8 output that nobody asked for|settings|without any setting a dial of oneself is refused, and nothing
9 does not load on an old libc|portable|the flags of a distribution do not make the file ask for more
9 or on musl|portable|a client of musl is caught bare
9 an executable stack|hardening|the file has full RELRO
10 wrong ELF class|portable|a tree of 64-bit and 32-bit processes
10 ASan comes first|portable|under gcc's AddressSanitizer
11 silently not loaded: static|noself|what the library does not reach is covered by the supervisor
11 set-user-ID, file capabilities|noself|programs that change their user, group or capabilities
12 an LD_PRELOAD is overwritten|noself|the command's LD_PRELOAD keeps what it names
13 MSG_FASTOPEN, O_NONBLOCK|connect|every way to dial oneself reaches itself bare
14 memory in every process|cost|the library has at most
14 thread-local storage|hardening|the file has full RELRO
EOF
  ((known == 14))
}
