#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Other cases in which a program could notice the library: each without it and with it.

# shellcheck disable=SC2153 # LIBRARY is of the helpers
load lib/helpers

setup() {
  need_namespace
}

# Dials port 50000 of each host in each way, while nft redirects that to port 8080.
REDIRECTED='import select, socket, struct
def dial(family, how, to):
    s = socket.socket(family, proto=socket.IPPROTO_MPTCP if how == "by MPTCP" else 0)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.setblocking(how != "non-blocking")
    if how == "by fast open":
        s.sendto(b"data", socket.MSG_FASTOPEN, to)
    else:
        s.connect_ex(to)
    return s
server = socket.create_server(("::", 8080), family=socket.AF_INET6, dualstack_ipv6=True)
server.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 5)
for host in "127.0.0.1", "::1", "::ffff:127.0.0.1":
    for how in "blocking", "non-blocking", "by MPTCP", "by fast open":
        s = dial(socket.AF_INET6 if ":" in host else socket.AF_INET, how, (host, 50000))
        accepted = [server.accept()]
        while select.select([server], [], [], 0.02)[0]:
            accepted.append(server.accept())
        same = s.getsockname() == s.getpeername()
        s.send(b"alive")
        print(host, how, "same names:", same, "accepted:", len(accepted))
        s.close()'

@test "a connection to another socket that NAT gives two equal names is not disconnected" {
  need nft
  [[ $EUID == 0 ]] || lacking "nft rules need root"
  redirected() {
    nft 'add table inet t; add chain inet t c { type nat hook output priority -100; };
      add rule inet t c tcp dport 50000 redirect to :8080' &&
      either "$1" timeout 60 python3 -c "$2"
  }
  export -f redirected
  local how
  for how in baseline library; do
    run -0 trap_run 50000 50000 redirected "$how" "$REDIRECTED"
    [[ $(count ' same names: True accepted: 1$') == 12 ]]
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
  # Only the controlling terminal can be written to without blocking.
  run -0 script -qec "script -qec '$nobody $wrong 2>&9' /dev/null 9>&2" /dev/null
  [[ $output != *noself:* ]]
}

# Fast opens that connect before the kernel finds the fault: a control message, unreadable data.
FAULTY='import ctypes, errno, socket, struct
unreadable = (ctypes.c_char * 4).from_address(16)
for data, control in (b"data", [(socket.SOL_SOCKET, 9999, b"")]), (unreadable, []):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    try:
        s.sendmsg([data], control, socket.MSG_FASTOPEN, ("127.0.0.1", 50000))
    except OSError as error:
        print(errno.errorcode[error.errno], end=" ")
    print("to itself" if s.connect_ex(("127.0.0.1", 50000)) == errno.EISCONN else "refused")
    s.close()'

@test "a fast open that connects to itself and then fails is refused" {
  run -0 trap_run 50000 50000 python3 -c "$FAULTY"
  [[ $output == $'EINVAL to itself\nEFAULT to itself' ]]
  run -0 trap_run 50000 50000 preloaded python3 -c "$FAULTY"
  [[ $output == $'ECONNREFUSED refused\nECONNREFUSED refused' ]]
}
