#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# bind() to port 0 defers the port to connect(), so that few ports serve many connections;
# getsockname() allocates it, so that programs do not notice. The fuzz tests both calls in any order,
# with any memory and options; here is what the fuzz cannot test.

# shellcheck disable=SC2030,SC2031 # each test is a subshell with an output of its own

load lib/helpers

setup() {
  need_namespace
}

# naive CMD...: runs CMD with a library that defers ports and never allocates them.
naive() {
  env FUZZ_MISTAKE=port-never LD_PRELOAD="$BUILD/tests/fuzz_mistake.so" "$@"
}
export -f naive

# binds WITHOUT WITH ARGUMENT...: the probe prints WITHOUT alone and WITH under the library. "taken"
# says whether the kernel has allocated a port.
binds() {
  run -0 "$PROBES/bound" "${@:3}"
  [[ $output == "bind=$1" ]]
  run -0 preloaded "$PROBES/bound" "${@:3}"
  [[ $output == "bind=$2" ]] || {
    echo "$*: $output"
    return 1
  }
}

# in_turn PATTERN CMD...: CMD's output matches without a library and with ours, but not with the
# naive one.
in_turn() {
  local pattern=$1
  shift
  run -0 trap_run 50000 51009 "$@"
  # shellcheck disable=SC2053 # it is a pattern
  [[ $output == $pattern ]]
  run trap_run 50000 51009 naive "$@"
  # shellcheck disable=SC2053
  [[ $output != $pattern ]]
  run -0 trap_run 50000 51009 preloaded "$@"
  # shellcheck disable=SC2053
  [[ $output == $pattern ]]
}

@test "a TCP or MPTCP bind() to an address and port 0 defers the port" {
  local address protocol
  for address in 127.0.0.1 127.9.9.9 ::1 ::ffff:127.0.0.1; do
    for protocol in '' -m; do
      # shellcheck disable=SC2086 # none is no word
      binds 'OK taken=yes shown=yes' 'OK taken=no shown=yes' $protocol "$address" 0
    done
  done
}

@test "bind() of UDP, to a wildcard or to a port, or that fails, or with the setting off, defers no port" {
  local address setting taken='OK taken=yes shown=yes' failed='EADDRNOTAVAIL taken=no shown=no'
  for address in 0.0.0.0 :: ::ffff:0.0.0.0; do
    binds "$taken" "$taken" "$address" 0
    binds "$taken" "$taken" -m "$address" 0
  done
  binds "$taken" "$taken" -u 127.0.0.1 0
  binds "$taken" "$taken" 127.0.0.1 21999
  # A port whose first byte is 0 is not mistaken for none.
  run -0 trap_run 50000 50000 preloaded "$PROBES/bound" 127.0.0.1 200
  [[ $output == "bind=$taken" ]]
  binds "$failed" "$failed" 192.0.2.1 0
  for setting in NOSELF_BIND_NO_PORT=0 NOSELF_DISABLE=1 NOSELF_MODE=observe; do
    run -0 env "$setting" LD_PRELOAD="$LIBRARY" "$PROBES/bound" 127.0.0.1 0
    [[ $output == "bind=$taken" ]]
  done
}

@test "ten ports serve 54 connections to 6 destinations, without the library only 10" {
  local address protocol
  for address in 127.0.0.1 ::1; do
    for protocol in '' -m; do
      # shellcheck disable=SC2206 # none is no word
      local probe=("$PROBES/ports" $protocol -a "$address" 54 6 20000)
      run -1 trap_run 50000 50009 "${probe[@]}"
      [[ $output == "10 of 54 dials to 6 destinations connected; then: Address already in use" ]]
      run -0 trap_run 50000 50009 preloaded "${probe[@]}"
      [[ $output == "54 of 54 dials to 6 destinations connected" ]]
    done
  done
}

# The range is hardly larger than the number of sockets, and all stay open until the last is bound.
@test "1,000 sockets in four processes get 1,000 different ports" {
  in_turn '1000' python3 -c 'import os, socket
output, kept = os.pipe(), []
done = os.pipe()
for _ in range(4):
    if os.fork() == 0:
        for _ in range(250):
            kept.append(socket.socket())
            kept[-1].bind(("127.0.0.1", 0))
            os.write(output[1], b"%6d\n" % kept[-1].getsockname()[1])
        os.close(done[1])
        os.read(done[0], 1)
        os._exit(0)
with open(output[0]) as lines:
    picked = {next(lines) for _ in range(1000)}
os.close(done[1])
print(len(picked))'
}

# A program that picks a port for another one: bind, getsockname, close, pass the number on.
@test "another program can listen on or dial from a port that this program picked" {
  local pick='import socket, subprocess, sys
for pick in socket.create_server, lambda name: s.bind(name) or s:
    s = socket.socket()
    with pick(("127.0.0.1", 0)) as s:
        port = s.getsockname()[1]
    assert subprocess.run([sys.argv[1], str(port)], stdout=subprocess.DEVNULL).returncode == 0
    assert port
print("good")'
  in_turn good python3 -c "$pick" "$PROBES/serve"
}

# Without the library bind() fails. With a deferred port it succeeds, because a connection may still
# be possible. A getsockname() that fails leaves the socket bound to its address; a later one
# allocates a port that has become free.
@test "getsockname() fails with EADDRINUSE while no port is free, and works afterwards" {
  local exhausted='import socket
def bound(address, port):
    s = socket.socket()
    s.bind((address, port))
    return s
taken = [bound("0.0.0.0", port) for port in range(50000, 50010)]
late = bound("127.0.0.2", 0)
def look():
    try:
        return late.getsockname()
    except OSError as error:
        return error.strerror
looks = [look(), look()]
taken.pop().close()
print(*looks, look(), look())'
  run -1 trap_run 50000 50009 python3 -c "$exhausted"
  [[ $output == *"Address already in use" ]]
  run -0 trap_run 50000 50009 preloaded python3 -c "$exhausted"
  local at="('127.0.0.2', "
  local in_use="Address already in use"
  [[ $output == "$in_use $in_use ${at}50009) ${at}50009)" ]]
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
