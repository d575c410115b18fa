#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# bind() puts the choice of a port off, which makes few ports go far, and getsockname() makes it
# good, so that no program notices. Each way of looking is shown three times: bare, under a library
# that puts the port off and leaves it at that, and under the shim.

# shellcheck disable=SC2030,SC2031 # each test is a subshell with an output of its own

load lib/helpers

NAIVE=$BUILD/tests/fuzz_mistake.so

# naive CMD...: the hint for the length of bind(), and nobody who makes the port good.
naive() {
  env FUZZ_MISTAKE=hint-lent LD_PRELOAD="$NAIVE" "$@"
}

# traces BARE SHIMMED ARGUMENT...: what bind_trace says. "taken" is the port as the kernel has it,
# "shown" is the port as the program sees it.
traces() {
  local bare=$1 shimmed=$2
  shift 2
  run -0 "$PROBES/bind_trace" "$@"
  [[ $output == "$bare" ]]
  run -0 shimmed "$PROBES/bind_trace" "$@"
  [[ $output == "$shimmed" ]]
}

# looks WAY: three addresses, bare, naively and shimmed.
looks() {
  local address
  for address in 127.0.0.1 ::1 ::ffff:127.0.0.1; do
    run -0 timeout 20 "$PROBES/bind_looks" "$address" "$1"
    [[ $output == good ]]
    run -1 naive timeout 20 "$PROBES/bind_looks" "$address" "$1"
    run -0 shimmed timeout 20 "$PROBES/bind_looks" "$address" "$1"
    [[ $output == good ]]
  done
}

# The same where a mistake does not show.
looks_alike() {
  run -0 "$PROBES/bind_looks" 127.0.0.1 "$1"
  [[ $output == good ]]
  run -0 shimmed "$PROBES/bind_looks" 127.0.0.1 "$1"
  [[ $output == good ]]
}

@test "a TCP bind() without a port puts it off: IPv4, IPv6 and v4-mapped" {
  local address
  for address in 127.0.0.1 127.9.9.9 ::1 ::ffff:127.0.0.1; do
    traces "bind=OK hint=0 taken=yes shown=yes number=any" \
      "bind=OK hint=0 taken=no shown=yes number=any" "$address" 0
  done
}

@test "an MPTCP bind() without a port puts it off too" {
  local address
  for address in 127.0.0.1 ::1; do
    traces "bind=OK hint=0 taken=yes shown=yes number=any" \
      "bind=OK hint=0 taken=no shown=yes number=any" -m "$address" 0
  done
}

@test "a UDP bind() takes its port at once, as ever" {
  local as_ever="bind=OK hint=0 taken=yes shown=yes number=any"
  traces "$as_ever" "$as_ever" -u 127.0.0.1 0
  traces "$as_ever" "$as_ever" -u ::1 0
}

@test "no option of a socket that is not TCP is touched" {
  need strace
  local trace=$BATS_TEST_TMPDIR/trace
  strace -o "$trace" -e trace=setsockopt -E LD_PRELOAD="$SHIM" "$PROBES/bind_trace" 127.0.0.1 0
  grep -q '^setsockopt(.*IP_BIND_ADDRESS_NO_PORT' "$trace"
  strace -o "$trace" -e trace=setsockopt -E LD_PRELOAD="$SHIM" "$PROBES/bind_trace" -u 127.0.0.1 0
  run ! grep setsockopt "$trace"
}

@test "no trace is left where the address was a wildcard: the port is taken at once" {
  local address as_ever="bind=OK hint=0 taken=yes shown=yes number=any"
  for address in 0.0.0.0 :: ::ffff:0.0.0.0; do
    traces "$as_ever" "$as_ever" "$address" 0
    traces "$as_ever" "$as_ever" -m "$address" 0
  done
}

@test "no trace is left where the port was named" {
  local address as_ever="bind=OK hint=0 taken=yes shown=yes number=named"
  for address in 127.0.0.1 ::1 0.0.0.0; do
    traces "$as_ever" "$as_ever" "$address" 21999
  done
}

@test "no trace is left where bind() failed" {
  local as_ever="bind=EADDRNOTAVAIL hint=0 taken=no shown=no number=0"
  traces "$as_ever" "$as_ever" 192.0.2.1 0
  traces "$as_ever" "$as_ever" 192.0.2.1 21999
  traces "$as_ever" "$as_ever" -m 192.0.2.1 0
  looks_alike unmapped
}

@test "a hint that the program set stays set, and what it cleared stays clear" {
  local as_set="bind=OK hint=1 taken=no shown=no number=0"
  traces "$as_set" "$as_set" -o 1 127.0.0.1 0
  traces "$as_set" "$as_set" -o 1 0.0.0.0 0
  as_set="bind=EADDRNOTAVAIL hint=1 taken=no shown=no number=0"
  traces "$as_set" "$as_set" -o 1 192.0.2.1 0
  as_set="bind=OK second=OK hint=1 taken=no shown=no number=0"
  traces "$as_set" "$as_set" -o 1 -s 127.0.0.1 0
  traces "bind=OK hint=0 taken=yes shown=yes number=any" \
    "bind=OK hint=0 taken=no shown=yes number=any" -o 0 127.0.0.1 0
}

@test "NOSELF_BIND_NO_PORT=0, NOSELF_DISABLE=1 and NOSELF_MODE=observe turn it off" {
  local as_ever="bind=OK hint=0 taken=yes shown=yes number=any"
  export NOSELF_BIND_NO_PORT=0
  traces "$as_ever" "$as_ever" 127.0.0.1 0
  unset NOSELF_BIND_NO_PORT
  export NOSELF_DISABLE=1
  traces "$as_ever" "$as_ever" 127.0.0.1 0
  unset NOSELF_DISABLE
  export NOSELF_MODE=observe
  traces "$as_ever" "$as_ever" 127.0.0.1 0
}

@test "two looks show the same port" {
  looks twice
}

@test "a look through a duplicate shows it" {
  looks duplicate
}

@test "a look in a forked child shows it, to both the same" {
  looks forked
}

@test "a look after exec shows it" {
  looks exec
}

@test "a look by a process that was sent the socket shows it" {
  looks passed
}

@test "handed on to a program without the shim before a look, it shows port 0 there, not after one" {
  need python3
  cat >"$BATS_TEST_TMPDIR/hands_on.py" <<'END'
import os, socket, subprocess, sys
bare = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
look = "import socket; print(socket.socket(fileno=0).getsockname()[1] != 0)"
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    if sys.argv[1] == "seen":
        s.getsockname()
    subprocess.run([sys.executable, "-c", look], stdin=s, env=bare, check=True)
END
  run -0 python3 "$BATS_TEST_TMPDIR/hands_on.py" unseen
  [[ $output == True ]]
  run -0 shimmed python3 "$BATS_TEST_TMPDIR/hands_on.py" unseen
  [[ $output == False ]]
  run -0 shimmed python3 "$BATS_TEST_TMPDIR/hands_on.py" seen
  [[ $output == True ]]
}

@test "listen() after a look listens on the port that was seen" {
  looks listen-after
}

@test "listen() without a look listens on a port, which a look then shows" {
  looks_alike listen-without
}

@test "connect() after a look leaves from the port that was seen" {
  looks connect-after
}

@test "a second bind() fails with EINVAL, before a look and after it" {
  looks second-bind
}

@test "a look at an unbound socket binds nothing" {
  looks unbound
}

@test "a short buffer gets as much of the name as it has room for" {
  looks short
}

@test "a NULL buffer, or a NULL length, gets what it gets bare" {
  looks null
}

@test "the length may lie on the heap" {
  looks heap
}

@test "the length may lie in static memory" {
  looks static
}

@test "buffer and length may end with the last byte of a page" {
  looks page-end
}

@test "the length may lie on a thread's stack" {
  looks thread
}

@test "the length may lie on the stack of another thread" {
  looks other-stack
}

@test "two threads that look at once see the same port" {
  run -0 "$PROBES/bind_race" 5000
  [[ $output == "5000 pairs of looks, 0 wrong" ]]
  run -1 naive "$PROBES/bind_race" 5000
  run -0 shimmed "$PROBES/bind_race" 5000
  [[ $output == "5000 pairs of looks, 0 wrong" ]]
}

# The range is just wide enough: the kernel has to hand out almost all of it.
@test "1,000 live pickers in four processes have 1,000 different ports" {
  need_namespace
  run -0 trap_run 50000 51009 "$PROBES/bind_pickers" 1000 4
  [[ $output == "1000 pickers, 1000 ports" ]]
  run -1 trap_run 50000 51009 env FUZZ_MISTAKE=hint-lent LD_PRELOAD="$NAIVE" "$PROBES/bind_pickers" 1000 4
  [[ $output == "1000 pickers, 0 ports" ]]
  run -0 trap_run 50000 51009 shimmed "$PROBES/bind_pickers" 1000 4
  [[ $output == "1000 pickers, 1000 ports" ]]
}

@test "54 connections to 6 destinations come about out of ten ports, bare only 10" {
  need_namespace
  local address
  for address in 127.0.0.1 ::1; do
    run -1 trap_run 50000 50009 "$PROBES/ports" -a "$address" 54 6 20000
    [[ $output == "10 of 54 dials to 6 destinations connected; then: Address already in use" ]]
    run -0 trap_run 50000 50009 shimmed "$PROBES/ports" -a "$address" 54 6 20000
    [[ $output == "54 of 54 dials to 6 destinations connected" ]]
    run -1 trap_run 50000 50009 env NOSELF_BIND_NO_PORT=0 LD_PRELOAD="$SHIM" \
      "$PROBES/ports" -a "$address" 54 6 20000
    [[ $output == "10 of 54 "* ]]
  done
}

@test "54 MPTCP connections come about out of ten ports, bare only 10" {
  need_namespace
  local address
  for address in 127.0.0.1 ::1; do
    run -1 trap_run 50000 50009 "$PROBES/ports" -m -a "$address" 54 6 20000
    [[ $output == "10 of 54 dials to 6 destinations connected; then: Address already in use" ]]
    run -0 trap_run 50000 50009 shimmed "$PROBES/ports" -m -a "$address" 54 6 20000
    [[ $output == "54 of 54 dials to 6 destinations connected" ]]
  done
}

# Bare, bind() already fails. With the port put off it succeeds, for a connection may still come
# about; a look that finds no port to show leaves the socket bound to its address, and a later one
# finds the port that has become free.
@test "a look while every port is taken shows none, and does no harm" {
  need_namespace
  run -0 trap_run 50000 50009 "$PROBES/bind_exhausted" 50000 50009
  [[ $output == "bind=EADDRINUSE look=0.0.0.0:0 "* ]]
  run -0 trap_run 50000 50009 shimmed "$PROBES/bind_exhausted" 50000 50009
  [[ $output == "bind=OK look=127.0.0.2:0 again=127.0.0.2:0 freed=127.0.0.2:port kept=127.0.0.2:port " ]]
}

@test "FTP's active mode: curl tells the server a port, and gets the file there" {
  need_namespace
  need curl python3
  local -a ftp=(python3 "$ROOT/tests/lib/bind_ftp.py")
  local -a client=(curl -sS -m 20 -P 127.0.0.1 ftp://127.0.0.1:2121/file)
  run -0 trap_run 50000 50009 "${ftp[@]}" "${client[@]}"
  [[ $output == "told a port"*"content of the file" ]]
  run -10 trap_run 50000 50009 "${ftp[@]}" env FUZZ_MISTAKE=hint-lent LD_PRELOAD="$NAIVE" \
    "${client[@]}"
  [[ $output == *"told port 0"* ]]
  run -0 trap_run 50000 50009 "${ftp[@]}" env LD_PRELOAD="$SHIM" "${client[@]}"
  [[ $output == "told a port"*"content of the file" ]]
}

# What a program that picks a port for another one does: bind, look, close, hand the number on.
@test "a port that Python picked can be used by the one it was picked for" {
  need python3
  local pick='import socket
s = socket.create_server(("127.0.0.1", 0)) if LISTENING else socket.socket()
LISTENING or s.bind(("127.0.0.1", 0))
port = s.getsockname()[1]
s.close()
print(port)'
  local listening port
  for listening in True False; do
    port=$(python3 -c "${pick//LISTENING/$listening}")
    run -0 "$PROBES/serve" "$port"
    port=$(shimmed python3 -c "${pick//LISTENING/$listening}")
    ((port > 0))
    run -0 "$PROBES/serve" "$port"
  done
  run -0 naive python3 -c "${pick//LISTENING/False}"
  [[ $output == 0 ]]
}
