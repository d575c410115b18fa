#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Real, unmodified clients dial a dead port: bare they reach themselves, under the shim they are
# told that nobody listens. The ephemeral range is that one port, so that each dial is the trap.

load lib/helpers

setup() {
  need_namespace
}

# caught CMD...: succeeds if CMD gets a connection whose two ends are the same. Its input never ends
# and is no terminal.
caught() {
  mkfifo "$BATS_TEST_TMPDIR/bare"
  "$@" 0<>"$BATS_TEST_TMPDIR/bare" &
  local pid=$! status=0
  wait_for 20 self_connections || status=1
  kill "$pid" && wait "$pid"
  return "$status"
}

# refused CMD...: succeeds if CMD, given such an input, fails of its own accord under the shim and
# leaves no trace of a connection to itself: neither established nor in TIME_WAIT.
refused() {
  local status=0
  mkfifo "$BATS_TEST_TMPDIR/shimmed"
  shimmed timeout 30 "$@" 0<>"$BATS_TEST_TMPDIR/shimmed" || status=$?
  awk '$2 == $3 { left = 1; print "left behind:", $2, $4 } END { exit left }' \
    /proc/net/tcp /proc/net/tcp6 || return
  [[ $status != 0 && $status != 124 ]] || {
    echo "expected a failure of the client's own, got exit status $status"
    return 1
  }
}

export -f caught refused

# client MESSAGE CMD...: CMD reaches itself bare; under the shim it says MESSAGE and fails.
client() {
  local message=$1
  shift
  need "$1"
  run -0 trap_run 50000 50000 caught "$@"
  run -0 trap_run 50000 50000 refused "$@"
  [[ ${output,,} == *"${message,,}"* ]]
}

REFUSED='Connection refused'

@test "inetutils telnet does not reach itself" {
  client "$REFUSED" inetutils-telnet 127.0.0.1 50000
}

@test "inetutils telnet does not reach itself over IPv6" {
  client "$REFUSED" inetutils-telnet ::1 50000
}

@test "OpenBSD's nc does not reach itself" {
  client "$REFUSED" nc.openbsd -v 127.0.0.1 50000
}

@test "OpenBSD's nc with a time limit, non-blocking, does not reach itself" {
  client "$REFUSED" nc.openbsd -v -w 10 127.0.0.1 50000
}

@test "OpenBSD's nc over IPv6 does not reach itself" {
  client "$REFUSED" nc.openbsd -v -6 ::1 50000
}

@test "OpenBSD's nc with a source address does not reach itself" {
  client "$REFUSED" nc.openbsd -v -s 127.0.0.1 127.0.0.1 50000
}

@test "OpenBSD's nc bound to the port it dials does not reach itself" {
  client "$REFUSED" nc.openbsd -v -s 127.0.0.1 -p 50000 127.0.0.1 50000
}

@test "the traditional nc does not reach itself" {
  client "$REFUSED" nc.traditional -v -n 127.0.0.1 50000
}

@test "the traditional nc with a time limit does not reach itself" {
  client "$REFUSED" nc.traditional -v -n -w 10 127.0.0.1 50000
}

@test "the traditional nc bound to the port it dials does not reach itself" {
  client "$REFUSED" nc.traditional -v -n -p 50000 127.0.0.1 50000
}

@test "ncat does not reach itself" {
  client "$REFUSED" ncat -v 127.0.0.1 50000
}

@test "ncat bound to the port it dials does not reach itself" {
  client "$REFUSED" ncat -v -p 50000 127.0.0.1 50000
}

@test "socat does not reach itself" {
  client "$REFUSED" socat - TCP4:127.0.0.1:50000
}

@test "socat over IPv6 does not reach itself" {
  client "$REFUSED" socat - 'TCP6:[::1]:50000'
}

@test "socat with a connect timeout does not reach itself" {
  client "$REFUSED" socat - TCP4:127.0.0.1:50000,connect-timeout=10
}

@test "bash's /dev/tcp does not reach itself" {
  client "$REFUSED" bash -c 'exec 3<>/dev/tcp/127.0.0.1/50000 && read -r'
}

@test "curl telnet:// does not reach itself" {
  client "Couldn't connect" curl -sS telnet://127.0.0.1:50000
}

@test "python's blocking socket does not reach itself" {
  client "$REFUSED" python3 -c '
import socket, sys
dialled = socket.create_connection(("127.0.0.1", 50000))
sys.stdin.read()'
}

@test "python's socket with a timeout does not reach itself" {
  client "$REFUSED" python3 -c '
import socket, sys
dialled = socket.create_connection(("localhost", 50000), timeout=10)
sys.stdin.read()'
}

@test "python's asyncio does not reach itself" {
  client "$REFUSED" python3 -c '
import asyncio
async def dial():
    reader, writer = await asyncio.open_connection("127.0.0.1", 50000)
    await reader.read()
asyncio.run(dial())'
}

@test "perl does not reach itself" {
  # shellcheck disable=SC2016 # perl's own variables
  client "$REFUSED" perl -MIO::Socket::INET -e '
    my $dialled = IO::Socket::INET->new("127.0.0.1:50000") or die "$@\n"; <STDIN>'
}

@test "php does not reach itself" {
  # shellcheck disable=SC2016 # php's own variables
  client "$REFUSED" php -r '
    ($dialled = stream_socket_client("tcp://127.0.0.1:50000")) || exit(1); fgets(STDIN);'
}

@test "ruby does not reach itself" {
  client "$REFUSED" ruby -rsocket -e 'dialled = TCPSocket.new("127.0.0.1", 50000); STDIN.read'
}

@test "node does not reach itself" {
  client ECONNREFUSED node -e 'require("net").connect(50000, "127.0.0.1")'
}

@test "java does not reach itself" {
  client "$REFUSED" java "$ROOT/tests/lib/Dial.java" 127.0.0.1 50000
}

@test "redis-cli does not reach itself" {
  client "$REFUSED" redis-cli -p 50000 -r -1 -i 1 PING
}

@test "busybox nc does not reach itself" {
  need busybox file
  [[ $(file -L "$(command -v busybox)") != *'statically linked'* ]] ||
    lacking "busybox here is static, out of the shim's reach"
  client "$REFUSED" busybox nc 127.0.0.1 50000
}

@test "redis-cli PING gets no answer from nobody" {
  need redis-cli
  run -0 trap_run 50000 50000 redis-cli -p 50000 PING
  [[ ${output,,} == *ping* ]]
  run -1 trap_run 50000 50000 shimmed redis-cli -p 50000 PING
  [[ $output == *"$REFUSED"* ]]
}
