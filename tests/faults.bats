#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# System calls of the library that the kernel or a sandbox refuses. tests/unit/test_guard.c explores the
# guard with every result of every call; here are the real calls, and those at load time.

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
  done
  for call in getsockname getpeername getsockopt; do
    run fails "$call"
    [[ ${lines[-1]} == "1 dials, "[01]" refused, "[01]" reached themselves" ]]
  done
  # A self-connection that cannot be undone is logged.
  run -1 fails connect :when=2
  [[ $output == *'action=observed tries=0 result=OK'*$'\n1 dials, 0 refused, 1 reached themselves' ]]
}

@test "if a sandbox hides what is pinned, NOSELF_PINNED=allow allows a socket that may be" {
  local call
  for call in bind::when=2+ setsockopt: getsockopt::when=5 getsockname::when=5; do
    run -1 trap_run 40000 41000 strace -o "$TRACE" -e inject="${call/:/:error=EACCES}" \
      -E LD_PRELOAD="$LIBRARY" -E NOSELF_PINNED=allow \
      "$PROBES/dial" -b 127.0.0.1 -p 50000 127.0.0.1 50000
    [[ $output == *"result=OK port=50000 self=yes" ]]
    # The kernel has not told that the socket is pinned: no bind() has failed with EINVAL.
    run -0 sed '1,/AF_UNSPEC/d; /connect(/Q' "$TRACE"
    [[ $output == *SO_ERROR* && $output != *EINVAL* ]]
  done
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
  # The file is closed again.
  local traced=(strace -o "$TRACE" -e trace=prctl -e inject=prctl:error=EINVAL:when=1) open
  open=$("${traced[@]}" ls /proc/self/fd/)
  run -0 "${traced[@]}" -E LD_PRELOAD="$LIBRARY" -E NOSELF_LOG="$TRACE" ls /proc/self/fd/
  [[ $output == "$open" ]]
  # Without /proc, user and group decide.
  run -0 fails_on_load openat:ENOENT
  [[ ${lines[0]} == *result=EHOSTDOWN* && ${lines[1]} == *result=EHOSTDOWN* ]]
}
