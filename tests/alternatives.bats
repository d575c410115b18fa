#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Other ways to prevent self-connections, and what each does not cover, in four cases: the kernel chooses the source port, and the destination port is one that the
# operator listed (50000); the same with a port that is not listed (50002); the program binds to the
# port that it dials; and the program is static.

load lib/helpers

setup() {
  need_namespace
  [[ -e $BATS_FILE_TMPDIR/static ]] ||
    cc -static -o "$BATS_FILE_TMPDIR/static" "$ROOT/tests/probes/dial.c"
}

# case_of CASE PROGRAM...: dials as described above; prints how that ended: self if it reached itself.
case_of() {
  local port=50000 options=()
  case $1 in
    unknown) port=50002 ;;
    pinned) options=(-p 50000) ;;
    static) set -- "${@:1:$#-1}" "$BATS_FILE_TMPDIR/static" ;;
  esac
  # The destination is the only port of the range, unless the program chooses the port.
  [[ $1 == pinned ]] || echo "$port $port" >/proc/sys/net/ipv4/ip_local_port_range
  "${@:2}" "${options[@]}" 127.0.0.1 "$port" |
    sed "s/.*result=\([A-Z]*\) .*self=no/$1: \1/; s/.*self=yes/$1: self/"
}
export -f case_of

# outcomes MEASURE [COMMAND...]: prints how the four cases end, each in a namespace where MEASURE was
# taken; COMMAND runs the program.
outcomes() {
  local case
  for case in known unknown pinned static; do
    trap_run 32768 60999 bash -c "$1"' && case_of "$@"' - "$case" "${@:2}" "$PROBES/dial" || return
  done
}

@test "without any measure, a program reaches itself in all four cases" {
  run -0 outcomes true
  [[ $output == $'known: self\nunknown: self\npinned: self\nstatic: self' ]]
}

@test "a reserved port protects only if it is listed and the program does not bind it" {
  local reserve='echo 50000 >/proc/sys/net/ipv4/ip_local_reserved_ports'
  run -0 outcomes "$reserve"
  [[ $output == $'known: EADDRNOTAVAIL\nunknown: self\npinned: self\nstatic: EADDRNOTAVAIL' ]]
  # With another source port, as in practice, the dial is refused.
  run -0 trap_run 50000 50001 bash -c "$reserve && $PROBES/dial -q -c 100 127.0.0.1 50000"
}

@test "an nft rule protects static programs and bound ports, but only for the ports that it lists" {
  need nft
  run -0 outcomes 'nft add table inet t &&
    nft "add chain inet t out { type filter hook output priority 0; }" &&
    nft add rule inet t out oif lo tcp sport 50000 tcp dport 50000 \
      "tcp flags & (syn | ack) == syn" reject with tcp reset'
  [[ $output == $'known: ECONNREFUSED\nunknown: self\npinned: ECONNREFUSED\nstatic: ECONNREFUSED' ]]
}

@test "the library needs no list of ports and no root, and noself also covers static programs" {
  local refused=$'known: ECONNREFUSED\nunknown: ECONNREFUSED\npinned: ECONNREFUSED\nstatic: '
  run -0 outcomes true env LD_PRELOAD="$LIBRARY"
  [[ $output == "${refused}self" ]]
  run -0 outcomes true "$BUILD/noself"
  [[ $output == "${refused}ECONNREFUSED" ]]
}
