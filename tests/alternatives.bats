#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Other ways to prevent self-connections, and what each does not cover.
#
# Four cases for each: the kernel chooses the source port, and the destination port is one that the
# operator listed (50000); the same with a port that is not listed (50002); the program binds to the
# port that it dials; and the program is static.

load lib/helpers

setup() {
  need_namespace
  [[ -e $BATS_FILE_TMPDIR/static ]] ||
    cc -static -o "$BATS_FILE_TMPDIR/static" "$ROOT/tests/probes/dial.c"
}

# case_of CASE: dials as described above; prints itself, refused, or another error.
case_of() {
  local dial=("$PROBES/dial" -i) port=50000
  case $1 in
    known) ;;
    unknown) port=50002 ;;
    pinned) dial+=(-p 50000) ;;
    static) dial=("$BATS_FILE_TMPDIR/static" -i) ;;
  esac
  if [[ $1 != pinned ]]; then
    # The destination port is the only one of its parity, so the kernel chooses it first.
    echo "$port $port" >/proc/sys/net/ipv4/ip_local_port_range
  fi
  local told
  # shellcheck disable=SC2086 # to be split
  if told=$(exec timeout 10 $under "${dial[@]}" 127.0.0.1 "$port" 2>&1 </dev/null); then
    echo itself
  elif [[ $told == *'Connection refused'* ]]; then
    echo refused
  else
    echo "${told##*: }"
  fi
}

export under=''

# with SETUP: prints the outcomes of the four cases after SETUP, each in its own namespace.
with() {
  local setup=$1 case
  for case in known unknown pinned static; do
    printf '%s: ' "$case"
    trap_run 32768 60999 bash -c "$setup && case_of $case" || return
  done
}

export -f case_of

@test "without any measure, a program reaches itself in all four cases" {
  run -0 with true
  [[ $output == $'known: itself\nunknown: itself\npinned: itself\nstatic: itself' ]]
}

@test "a reserved port protects only if it is listed and the program does not bind it" {
  run -0 with 'echo 50000 >/proc/sys/net/ipv4/ip_local_reserved_ports'
  [[ $output == 'known: Cannot assign requested address
unknown: itself
pinned: itself
static: Cannot assign requested address' ]]
  # With another source port, as in practice, the dial is refused.
  # shellcheck disable=SC2016 # the inner shell's
  run -0 trap_run 50000 50001 bash -c 'echo 50000 >/proc/sys/net/ipv4/ip_local_reserved_ports &&
    "$PROBES/dial" -q -c 100 127.0.0.1 50000'
}

@test "an nft rule protects static programs and bound ports, but only for the ports that it lists" {
  need nft
  run -0 with 'nft add table inet t &&
    nft "add chain inet t out { type filter hook output priority 0; }" &&
    nft add rule inet t out oif lo tcp sport 50000 tcp dport 50000 \
      "tcp flags & (syn | ack) == syn" reject with tcp reset'
  [[ $output == $'known: refused\nunknown: itself\npinned: refused\nstatic: refused' ]]
}

@test "the library needs no list of ports and no root, and noself also covers static programs" {
  under="env LD_PRELOAD=$LIBRARY" run -0 with true
  [[ $output == $'known: refused\nunknown: refused\npinned: refused\nstatic: itself' ]]
  under="$BUILD/noself" run -0 with true
  [[ $output == $'known: refused\nunknown: refused\npinned: refused\nstatic: refused' ]]
}
