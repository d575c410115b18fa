#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Other cases in which a program could notice the library: each without it and with it.

# shellcheck disable=SC2086,SC2153 # arguments are to be split; LIBRARY is of the helpers
load lib/helpers

setup() {
  need_namespace
}

# Runs a command beside a listener on port 8080 of all addresses.
LISTENS='import socket, subprocess, sys
server = socket.create_server(("::", 8080), family=socket.AF_INET6, dualstack_ipv6=True)
server.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 5)
subprocess.call(sys.argv[1:])'

@test "a connection to another socket that NAT gives two equal names is not disconnected" {
  need nft
  [[ $EUID == 0 ]] || lacking "nft rules need root"
  redirected() {
    local way
    nft 'add table inet t; add chain inet t c { type nat hook output priority -100; };
      add rule inet t c tcp dport 50000 redirect to :8080'
    for way in {,-n,-m,-s}' '{127.0.0.1,::1,::ffff:127.0.0.1}; do
      either "$1" "$PROBES/dial" $way 50000
    done
  }
  export -f redirected
  export NOSELF_LOG=stderr
  local how
  for how in baseline library; do
    run -0 trap_run 50000 50000 python3 -c "$LISTENS" bash -c "redirected $how"
    # The names are those of a self-connection, but it does not receive what it sends.
    [[ $(count ' result=OK port=50000 self=yes$') == 12 && ${#lines[@]} == 12 ]]
  done
}

# Runs a command whose stderr is a terminal that nobody reads, with room for one byte: poll() says
# that it is writable, but a line waits. The room depends on the size of the writes.
TERMINAL='import os, pty, select, subprocess, sys, time
def filled(most):
    ends = pty.openpty()
    os.set_blocking(ends[1], False)
    size = full = 0
    # A little later the kernel moves a part to the reader, which makes room again.
    while size < most and full < 5:
        try:
            size += os.write(ends[1], b"x")
            full = 0
        except BlockingIOError:
            full += 1
            time.sleep(0.02)
    time.sleep(0.1)
    return ends, size
ends, room = filled(10**7)
ends, size = filled(room - 1)
os.set_blocking(ends[1], True)
assert select.select([], [ends[1]], [], 0)[1]
sys.exit(subprocess.call(sys.argv[1:], stderr=ends[1]))'

@test "a terminal that nobody reads blocks neither a dial nor the loading of the library" {
  run -124 python3 -c "$TERMINAL" timeout 0.5 perl -e 'print STDERR "x" x 90, "\n"'
  run -0 trap_run 50000 50000 python3 -c "$TERMINAL" timeout 20 \
    env NOSELF_LOG=stderr LD_PRELOAD="$LIBRARY" "$PROBES/dial" 127.0.0.1 50000
  [[ $output == *result=ECONNREFUSED* ]]
  run -0 python3 -c "$TERMINAL" timeout 20 env NOSELF_MODE=wrong LD_PRELOAD="$LIBRARY" true
}

@test "a terminal gets the line, also from a program that may not open it" {
  need script setpriv
  [[ $EUID == 0 ]] || lacking "changing the user needs root"
  local nobody='setpriv --reuid=65534 --regid=65534 --clear-groups'
  local wrong="env NOSELF_MODE=wrong LD_PRELOAD=$LIBRARY true"
  run -0 script -qec "$nobody $wrong" /dev/null
  [[ $output == *'noself: NOSELF_MODE=wrong: expected '* ]]
  run -0 script -qec "$wrong" /dev/null
  [[ $output == *'noself: NOSELF_MODE=wrong: expected '* ]]
  # Only the controlling terminal can be written to without blocking; it does not stay open.
  run -0 script -qec "script -qec '$nobody ${wrong%true}ls -l /proc/self/fd 2>&9' /dev/null 9>&2" /dev/null
  [[ $output != *noself:* && $output == *' -> /dev/pts/'* && $output != *' -> /dev/tty'* ]]
}
