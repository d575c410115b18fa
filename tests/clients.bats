#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Real, unmodified clients dial a port without a listener, which is the only ephemeral port. Without
# the library each dial reaches itself; with it the dial is refused.

# shellcheck disable=SC2016 # the variables belong to the programs, not to the shell
load lib/helpers

setup() {
  need_namespace
  mkfifo "$BATS_TEST_TMPDIR/input"
}

# caught CMD...: succeeds if CMD is connected to itself. CMD's stdin never ends and is no terminal.
caught() {
  "$@" 0<>"$BATS_TEST_TMPDIR/input" &
  local pid=$! status=0
  wait_for 20 self_connections || status=1
  kill "$pid" && wait "$pid"
  return "$status"
}

# refused CMD...: succeeds if CMD, with the same stdin and the library, exits with an error and leaves
# no self-connection, neither established nor in TIME_WAIT.
refused() {
  local status=0
  preloaded timeout 30 "$@" 0<>"$BATS_TEST_TMPDIR/input" || status=$?
  awk '$2 == $3 { left = 1; print "left behind:", $2, $4 } END { exit left }' \
    /proc/net/tcp /proc/net/tcp6 || return
  [[ $status != 0 && $status != 124 ]]
}

export -f caught refused

# client CMD...: CMD connects to itself; with the library it fails and says why: REASON.
client() {
  need "$1"
  run -0 trap_run 50000 50000 caught "$@"
  run -0 trap_run 50000 50000 refused "$@"
  [[ ${output,,} == *"${REASON-connection refused}"* ]]
}

@test "inetutils telnet does not connect to itself" {
  client inetutils-telnet 127.0.0.1 50000
}

@test "neither nc connects to itself: blocking or not, by IPv6, bound to an address or port" {
  client nc.openbsd -v 127.0.0.1 50000
  client nc.openbsd -v -w 10 127.0.0.1 50000
  client nc.openbsd -v -6 ::1 50000
  client nc.openbsd -v -s 127.0.0.1 127.0.0.1 50000
  client nc.openbsd -v -s 127.0.0.1 -p 50000 127.0.0.1 50000
  client nc.traditional -v -n 127.0.0.1 50000
  client nc.traditional -v -n -w 10 127.0.0.1 50000
  client nc.traditional -v -n -p 50000 127.0.0.1 50000
}

@test "ncat and socat do not connect to themselves: bound to the port, IPv6, with a timeout" {
  client ncat -v 127.0.0.1 50000
  client ncat -v -p 50000 127.0.0.1 50000
  client socat - TCP4:127.0.0.1:50000
  client socat - 'TCP6:[::1]:50000'
  client socat - TCP4:127.0.0.1:50000,connect-timeout=10
}

@test "bash's /dev/tcp, perl, and python with a timeout or asyncio do not connect to themselves" {
  client bash -c 'exec 3<>/dev/tcp/127.0.0.1/50000 && read -r'
  client perl -MIO::Socket::INET -e '
    my $dialled = IO::Socket::INET->new("127.0.0.1:50000") or die "$@\n"; <STDIN>'
  client python3 -c '
import socket, sys
dialled = socket.create_connection(("localhost", 50000), timeout=10)
sys.stdin.read()'
  client python3 -c '
import asyncio
async def dial():
    reader, writer = await asyncio.open_connection("127.0.0.1", 50000)
    await reader.read()
asyncio.run(dial())'
}

@test "curl telnet://, redis-cli, php, ruby and node do not connect to themselves" {
  REASON="couldn't connect" client curl -sS telnet://127.0.0.1:50000
  client redis-cli -p 50000 -r -1 -i 1 PING
  client php -r '($dialled = stream_socket_client("tcp://127.0.0.1:50000")) || exit(1); fgets(STDIN);'
  client ruby -rsocket -e 'dialled = TCPSocket.new("127.0.0.1", 50000); STDIN.read'
  REASON=econnrefused client node -e 'require("net").connect(50000, "127.0.0.1")'
}

@test "java does not connect to itself" {
  echo 'class Dial {
    public static void main(String[] args) throws java.io.IOException {
      var socket = new java.net.Socket("127.0.0.1", 50000);
      System.in.read();
    }
  }' >"$BATS_TEST_TMPDIR/Dial.java"
  client java "$BATS_TEST_TMPDIR/Dial.java"
}

@test "busybox nc does not connect to itself" {
  need busybox
  [[ $("$BUILD/noself" --check "$(command -v busybox)") == *preload* ]] ||
    lacking "busybox here is static: not for a preloaded library"
  client busybox nc 127.0.0.1 50000
}
