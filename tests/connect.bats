#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# connect(): every way to dial oneself, what the library does, and what it must not change.

# shellcheck disable=SC2086 # the words of a way to dial are arguments
load lib/helpers

setup() {
  need_namespace
}

# The ways to dial oneself, as arguments of the probe: the destination after the options.
WAYS_TO_SELF='127.0.0.1 50000
::1 50000
::ffff:127.0.0.1 50000
0.0.0.0 50000
:: 50000
10.9.9.9 50000
fe80::9%own0 50000
-b 127.0.0.1 127.0.0.1 50000
-b 127.0.0.1 -p 50000 127.0.0.1 50000
-b 0.0.0.0 -p 50000 127.0.0.1 50000
-b :: -p 50000 ::1 50000
-b ::1 ::1 50000
-t 127.0.0.1 50000'
export WAYS_TO_SELF

# each_way: dials in every way, by each call, blocking and not, by TCP and MPTCP; prints a line each.
# The namespace gets own addresses that are not loopback's, and fast open without a cookie.
each_way() {
  local way options
  ip link add own0 type veth peer name own1 && ip link set own1 up && ip link set own0 up &&
    ip address add 10.9.9.9/24 dev own0 && ip address add fe80::9/64 dev own0 nodad || return 99
  while read -r way; do
    for options in {,-s,-g,-G,-f}' '{,-n}' '{,-m}; do
      echo "$options $way: $("$PROBES/dial" $options $way)"
    done
  done <<<"$WAYS_TO_SELF"
}
export -f each_way

# dials N PATTERN RANGE baseline|library ARGUMENT...: the probe dials in that range of ephemeral ports,
# and N of its lines match.
dials() {
  run trap_run "${3%-*}" "${3#*-}" either "$4" "$PROBES/dial" "${@:5}"
  [[ $(count "$2") == "$1" ]]
}

@test "every way to dial oneself connects a socket to itself, and none does with the library" {
  run -0 trap_run 50000 50000 each_way
  [[ $(count 'self=yes') == 260 ]]
  run -0 trap_run 50000 50000 preloaded bash -c each_way
  [[ $(count 'returned=ECONNREFUSED result=ECONNREFUSED port=50000 self=no') == 260 ]]
}

@test "a retry uses a port below if there is none above" {
  # Listeners take the even ports, so half of the dials get the upper odd port, their destination. A
  # bound above it lies outside the range, so the kernel ignores it: some dials get it again.
  top() {
    listening 49998 50000
    either "$1" "$PROBES/dial" -c 60 127.0.0.1 50001
  }
  export -f top
  run trap_run 49998 50001 top baseline
  [[ $(count 'port=50001 self=yes') -gt 0 ]]
  export NOSELF_LOG=stderr
  run trap_run 49998 50001 top library
  [[ $(count 'result=ECONNREFUSED port=49999 self=no') == 60 ]]
  [[ $(count 'action=retried tries=2') -gt 0 && $(count 'action=failed') == 0 ]]
}

@test "each retry uses another port of the range, also of the program's own, which is restored" {
  local to='127.0.0.1 50000' refused='result=ECONNREFUSED range=50000' how
  for how in '' -m -t -n -b127.0.0.1; do
    dials 1 'range=50000-50000 port=50000 self=yes' 40000-60000 baseline $how -R -r 50000 $to
    dials 1 "$refused-50000 .*self=no" 40000-60000 library $how -R -r 50000 $to
    dials 50 "$refused-50001 port=50001 self=no" 40000-60000 library \
      $how -R -r 50000-50001 -c 50 $to
    dials 50 'range=0-0 port=50001' 50000-50001 library $how -R -c 50 $to
  done
}

@test "a dial from a pinned socket is not retried" {
  local pinned='-b 127.0.0.1 -p 50000 127.0.0.1 50000'
  dials 1 'self=yes' 40000-60000 baseline $pinned
  run -0 trap_run 40000 60000 preloaded strace -e trace=connect "$PROBES/dial" $pinned
  [[ $(count 'connect\(.*htons\(50000\)') == 1 ]]
  [[ $(count 'result=ECONNREFUSED port=50000 self=no') == 1 ]]
  # A socket whose port the kernel chose is not pinned, although getsockname() shows the port.
  export NOSELF_PINNED=allow
  dials 1 'result=ECONNREFUSED .*self=no' 50000-50000 library -b 127.0.0.1 127.0.0.1 50000
  dials 1 'result=ECONNREFUSED .*self=no' 50000-50000 library -n 127.0.0.1 50000
}

# Dials without blocking, and prints the result, the error left and what else the dial changed.
KEEPS='import errno, os, select, socket
s = socket.socket(type=socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
options = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1), (socket.IPPROTO_IP, socket.IP_TOS, 16),
           (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1234)]
for option in options:
    s.setsockopt(*option)
duplicate, epoll = os.dup(s.fileno()), select.epoll()
epoll.register(s, select.EPOLLOUT)
print(errno.errorcode[s.connect_ex(("127.0.0.1", 50000))],
      s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR),
      [option for option in options if s.getsockopt(*option[:2]) != option[2]],
      os.path.sameopenfile(s.fileno(), duplicate),
      [ready for ready, _ in epoll.poll(2)] == [s.fileno()],
      os.get_blocking(s.fileno()), os.get_inheritable(s.fileno()))'

@test "a refused dial leaves no error, and keeps all options, epoll and duplicates" {
  run -0 trap_run 50000 50000 python3 -c "$KEEPS"
  [[ $output == 'EINPROGRESS 0 [] True True False False' ]]
  run -0 trap_run 50000 50000 preloaded python3 -c "$KEEPS"
  [[ $output == 'ECONNREFUSED 0 [] True True False False' ]]
}

# Starts a service a hundred times while its client exists, and after that. A TIME_WAIT prevents it.
STARTS='import contextlib, socket
def starts():
    with socket.socket() as service, contextlib.suppress(OSError):
        service.bind(("127.0.0.1", 50000))
        service.listen()
        return True
    return False
beside = after = 0
for _ in range(100):
    with socket.socket() as client:
        client.connect_ex(("127.0.0.1", 50000))
        beside += starts()
    after += starts()
print(f"{beside} beside the client, {after} after it")'

@test "a service without SO_REUSEADDR starts after each of 100 dials, without the library after none" {
  run -0 trap_run 50000 50000 python3 -c "$STARTS"
  [[ $output == "0 beside the client, 0 after it" ]]
  run -0 trap_run 50000 50000 preloaded python3 -c "$STARTS"
  [[ $output == "100 beside the client, 100 after it" ]]
}

@test "invalid calls, UDP sockets, simultaneous opens and waiting dials do not change" {
  run -0 trap_run 40000 41000 python3 "$ROOT/tests/probes/odd_calls.py"
  local baseline=$output
  [[ $(count '^udp: OK b') == 1 ]]
  [[ $(count '^simultaneous: EINPROGRESS EINPROGRESS OK OK b') == 1 ]]
  [[ $(count '^interrupted: EINTR') == 1 && $(count '^timed out: EINPROGRESS') == 1 ]]
  run -0 trap_run 40000 41000 preloaded python3 "$ROOT/tests/probes/odd_calls.py"
  [[ $output == "$baseline" ]]
}

@test "a dial that finds no free port is repeated once" {
  # One connection has the only ephemeral port, so the next dial of the same destination finds none.
  no_port() {
    listening 700
    exec 9<>/dev/tcp/127.0.0.1/700
    either "$1" strace -e trace=connect "$PROBES/dial" 127.0.0.1 700
  }
  export -f no_port
  run -0 trap_run 50000 50000 no_port baseline
  [[ $(count 'result=EADDRNOTAVAIL') == 1 && $(count '^connect\(.*EADDRNOTAVAIL') == 1 ]]
  run -0 trap_run 50000 50000 no_port library
  [[ $(count 'result=EADDRNOTAVAIL') == 1 && $(count '^connect\(.*EADDRNOTAVAIL') == 2 ]]
}

@test "in the default range some of many dials reach themselves, and of 200,000 with the library none" {
  local round
  for round in {1..8}; do
    run trap_run 32768 60999 "$PROBES/dial" -q -c 50000 127.0.0.1 40000
    [[ $status == 0 ]] || break
  done
  echo "# baseline, round $round: $output" >&3
  [[ $output != *" 0 reached"* ]]
  run -0 trap_run 32768 60999 env LD_PRELOAD="$LIBRARY" NOSELF_LOG="$BATS_TEST_TMPDIR/log" \
    "$PROBES/dial" -q -c 200000 127.0.0.1 40000
  [[ $output == "200000 dials, 200000 refused, 0 reached themselves" ]]
  # The library did meet self-connections: it was not just lucky.
  grep -q ' action=retried .*result=ECONNREFUSED$' "$BATS_TEST_TMPDIR/log"
}
