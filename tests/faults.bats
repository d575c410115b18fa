#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# System calls of the library that the kernel or a sandbox refuses, and an index of the known faults
# of preloaded libraries. tests/unit/test_guard.c explores the guard with every result of every call;
# here are the real calls, and those at load time.

# shellcheck disable=SC2030,SC2031 # each test is a subshell with an output of its own
load lib/helpers

setup() {
  need_namespace
  need strace
  TRACE=$BATS_TEST_TMPDIR/trace
}

# fails CALL [:when=N]: one self-connection with the library while a sandbox refuses that call.
fails() {
  trap_run 50000 50001 timeout 20 strace -o "$TRACE" -e trace="$1" -e inject="$1:error=EPERM${2-}" \
    -E LD_PRELOAD="$LIBRARY" -E NOSELF_LOG=stderr "$PROBES/dial" -q 127.0.0.1 50000
}

@test "in a sandbox that refuses a call, dials are refused as long as the names can be read" {
  local call
  for call in setsockopt bind prctl statx ppoll rt_sigpending rt_sigprocmask sendmsg clock_gettime; do
    run -0 fails "$call"
    [[ ${lines[-1]} == "1 dials, 1 refused, 0 reached themselves" ]]
  done
  for call in getsockname getpeername getsockopt; do
    run fails "$call"
    [[ ${lines[-1]} == "1 dials, "[01]" refused, "[01]" reached themselves" ]]
  done
  # A self-connection that cannot be undone is logged.
  run -1 fails connect :when=2
  [[ $output == *'action=observed tries=0 result=OK'*$'\n1 dials, 0 refused, 1 reached themselves' ]]
}

@test "if a sandbox refuses bind(), NOSELF_PINNED=allow allows a socket that may be pinned" {
  # refused_bind: dials from a port that the probe bound before.
  refused_bind() {
    trap_run 40000 41000 strace -o "$TRACE" -e trace=bind -e inject=bind:error=EACCES:when=2+ \
      "$@" "$PROBES/dial" -b 127.0.0.1 -p 50000 127.0.0.1 50000
  }
  run -1 refused_bind
  [[ $output == *"result=OK port=50000 self=yes" ]]
  run -1 refused_bind -E LD_PRELOAD="$LIBRARY" -E NOSELF_PINNED=allow
  [[ $output == *"result=OK port=50000 self=yes" ]]
  run -0 refused_bind -E LD_PRELOAD="$LIBRARY"
  [[ $output == *"result=ECONNREFUSED port=50000 self=no" ]]
}

@test "if secure execution cannot be determined, the environment is not read" {
  # fails_on_load CALL:ERROR: dials on a kernel that has only /proc/self/auxv, while that call on the file
  # fails.
  fails_on_load() {
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
  run -0 fails_on_load openat:EACCES
  [[ ${lines[0]} == *result=EHOSTDOWN* && ${lines[1]} == *result=ECONNREFUSED* ]]
  run -0 fails_on_load read:EIO
  [[ ${lines[0]} == *result=EHOSTDOWN* && ${lines[1]} == *result=ECONNREFUSED* ]]
  # Without /proc, user and group decide.
  run -0 fails_on_load openat:ENOENT
  [[ ${lines[0]} == *result=EHOSTDOWN* && ${lines[1]} == *result=EHOSTDOWN* ]]
}

@test "each of the fourteen known faults of preloaded libraries has its test" {
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
1 a call runs before the constructor|early|a dial from another library's constructor is covered, with the settings
2 allocation, stdio, dlsym or locks in a call|portable|the file exports only the listed names, and imports only the listed ones from libc.so.6
2 in signal handlers and threads|storms|eight threads dial while a 5 kHz signal's handler dials too
2 after fork|storms|forks, vforks and handlers around forks dial
2 under other interposers|stack|libjemalloc and the library
3 tables of descriptors go stale|connect|a refused dial leaves no TIME_WAIT and no error, and keeps all options, epoll and duplicates
3 closed by others|storms|closing and replacing descriptors during a dial harms no other connection, and no dial hangs
4 a descriptor is held open|log|a line in a file begins with the time, and the file is not kept open
4 and recycled|log|a closed stderr gets no line
5 errno changes on success|fuzz|none of a million sequences (200,000 in the short run) differs with the library
5 or by logging|log|a log that cannot be opened
6 the caller's memory is read too early|fuzz|the fuzz finds a byte written after a name, and prints the sequence in which a function crashed
7 exit() and abort() are not even imported|portable|the file exports only the listed names, and imports only the listed ones from libc.so.6
8 unwanted output|settings|without any setting a self-connection is refused, and nothing is printed
9 does not load on an old libc|portable|a distribution's compiler flags add no imports
9 or on musl|portable|a musl client connects to itself, and is refused with the files built for glibc and for musl
9 an executable stack|portable|the file has full RELRO
10 wrong ELF class|portable|64-bit and 32-bit processes: one path gives loader errors, \$LIB and a name without a path do not
10 ASan comes first|portable|with gcc's AddressSanitizer its runtime must be named first; clang's needs nothing
11 silently not loaded: static|noself|programs that the library does not reach are covered by the supervisor, or refused
11 set-user-ID, file capabilities|noself|programs that change the caller's user, group or capabilities are refused
12 an LD_PRELOAD is overwritten|noself|the command's LD_PRELOAD keeps what it names
13 MSG_FASTOPEN, O_NONBLOCK|connect|every way to dial oneself connects a socket to itself, and none does with the library
14 memory in every process|cost|the library has at most
14 thread-local storage|portable|the file has full RELRO
EOF
  ((known == 14))
}
