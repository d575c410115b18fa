#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# bind() to port 0 defers the port to connect(), so that few ports serve many connections;
# getsockname() allocates it, so that programs do not notice. test_bind explores which sockets, and the
# fuzz tests both calls in any order; here is what those cannot test.

# shellcheck disable=SC2030,SC2031,SC2086 # each test is a subshell; the words of a probe are arguments

load lib/helpers

setup() {
  need_namespace
}

@test "ten ports serve 54 connections to 6 destinations, without the library only 10" {
  local to probe
  for to in 127.0.0.1 ::1 ::ffff:127.0.0.1; do
    for probe in "$PROBES/ports" "$PROBES/ports -m"; do
      run -1 trap_run 50000 50009 $probe 54 6 20000 $to
      [[ $output == "10 of 54 dials to 6 destinations connected; then: Address already in use" ]]
      run -0 trap_run 50000 50009 preloaded $probe 54 6 20000 $to
      [[ $output == "54 of 54 dials to 6 destinations connected" ]]
    done
  done
  NOSELF_BIND_NO_PORT=0 run -1 trap_run 50000 50009 preloaded "$PROBES/ports" 54 6 20000
}

# With a deferred port bind() succeeds, because a connection may still be possible. The socket stays
# bound to its address.
@test "getsockname() fails with EADDRINUSE while no port is free, and works afterwards" {
  local exhausted='import socket
def bound(*name):
    s = socket.socket()
    s.bind(name)
    return s
def show():
    try:
        print(late.getsockname())
    except OSError as error:
        print(error.strerror)
taken = [bound("0.0.0.0", port) for port in range(50000, 50010)]
late = bound("127.0.0.2", 0)
show()
taken.pop().close()
show()'
  run -1 trap_run 50000 50009 python3 -c "$exhausted"
  [[ $output == *"Address already in use" ]]
  run -0 trap_run 50000 50009 preloaded python3 -c "$exhausted"
  [[ $output == $'Address already in use\n'"('127.0.0.2', 50009)" ]]
}

@test "a socket passed on before getsockname() shows a port with the library, and 0 without it" {
  # hands_on PYTHON LIBRARY: binds, runs PYTHON, and passes the socket to a program with LIBRARY.
  hands_on() {
    run -0 preloaded python3 -c "import os, socket, subprocess, sys
s = socket.socket()
s.bind((\"127.0.0.1\", 0))
$1
look = \"import socket; print(socket.socket(fileno=0).getsockname()[1] != 0)\"
subprocess.run([sys.executable, \"-c\", look], stdin=s, env={\"LD_PRELOAD\": \"$2\"}, check=True)"
  }
  hands_on '' "$LIBRARY"
  [[ $output == True ]]
  hands_on '' ''
  [[ $output == False ]]
  hands_on 's.getsockname()' ''
  [[ $output == True ]]
}
