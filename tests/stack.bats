#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Stacked before and after other preloaded libraries: self-connections are refused, and the other
# one goes on doing its work. Where another looks libc up itself, the order matters, and is shown.

load lib/helpers

setup() {
  need_namespace
}

# library NAME: where Debian has it; skips the test where it is not installed.
library() {
  local found
  for found in /usr/lib/*/"$1" /usr/lib/"$1"; do
    [[ -e $found ]] && OTHER=$found && return
  done
  lacking "$1 is not installed"
}

# orders: each LD_PRELOAD of the two, one a line.
orders() {
  printf '%s\n' "$OTHER:$SHIM" "$SHIM:$OTHER"
}

# refuses [VARIABLE=VALUE...]: the other library alone lets a dial reach itself; in both orders with
# the shim it does not.
refuses() {
  local order
  run -1 trap_run 50000 50000 env "$@" LD_PRELOAD="$OTHER" "$PROBES/dial" 127.0.0.1 50000
  [[ $output == *"self=yes"* ]]
  for order in $(orders); do
    run -0 trap_run 50000 50000 env "$@" LD_PRELOAD="$order" "$PROBES/dial" 127.0.0.1 50000
    echo "$order: $output"
    [[ $output == *"returned=ECONNREFUSED "*"self=no"* ]]
  done
}

# socks_settings PORT: the three SOCKS clients' own settings, with a proxy at that port.
socks_settings() {
  cd "$BATS_TEST_TMPDIR" || return
  printf 'strict_chain\nquiet_mode\nlocalnet 127.0.0.0/255.0.0.0\n[ProxyList]\nsocks5 127.0.0.1 %s\n' \
    "$1" >proxychains.conf
  printf 'TorAddress 127.0.0.1\nTorPort %s\nAllowOutboundLocalhost 1\n' "$1" >torsocks.conf
  printf 'local = 127.0.0.0/255.0.0.0\nserver = 127.0.0.1\nserver_port = %s\n' "$1" >tsocks.conf
  export PROXYCHAINS_CONF_FILE=$PWD/proxychains.conf TORSOCKS_CONF_FILE=$PWD/torsocks.conf
  export TSOCKS_CONF_FILE=$PWD/tsocks.conf
}

# greeted ORDER: the first byte, the version of SOCKS, that a proxy gets when 192.0.2.1 is dialled.
greeted() {
  LD_PRELOAD='' PRELOAD=$1 python3 - "$PROBES/dial" <<'END'
import os, socket, subprocess, sys
with socket.create_server(("127.0.0.1", 1080)) as proxy:
    dialler = subprocess.Popen([sys.argv[1], "192.0.2.1", "80"], stdout=subprocess.DEVNULL,
                               env={**os.environ, "LD_PRELOAD": os.environ["PRELOAD"]})
    proxy.settimeout(20)
    with proxy.accept()[0] as connection:
        print("SOCKS", connection.recv(1)[0])
    dialler.wait(20)
END
}
export -f greeted

# goes_through_proxy VERSION: in both orders a dial of elsewhere still goes through the proxy.
goes_through_proxy() {
  local order
  for order in "$OTHER" $(orders); do
    run -0 trap_run 50000 50100 greeted "$order"
    echo "$order: $output"
    [[ $output == *"SOCKS $1"* ]]
  done
}

# dials_dead_proxy ORDER: 192.0.2.1 is dialled through a proxy that is not there, on the port that is
# the trap. Where proxychains reaches itself it writes its greeting, and then reads it.
dials_dead_proxy() {
  run -0 trap_run 50000 50000 strace -e trace=write -E LD_PRELOAD="$1" "$PROBES/dial" 192.0.2.1 80
  [[ $output == *"returned=ECONNREFUSED "* ]]
}
GREETING='"\5\1\0", 3)'

@test "libeatmydata and the shim leave each other's work alone" {
  library libeatmydata.so
  need strace
  refuses
  local order
  run -0 strace -e trace=fsync sync "$BATS_TEST_TMPDIR"
  [[ $output == *"fsync("* ]]
  for order in $(orders); do
    run -0 strace -e trace=fsync -E LD_PRELOAD="$order" sync "$BATS_TEST_TMPDIR"
    [[ $output != *"fsync("* ]]
  done
}

@test "libfaketime and the shim leave each other's work alone" {
  local order which
  for which in libfaketime.so.1 libfaketimeMT.so.1; do
    library "faketime/$which"
    refuses FAKETIME="2001-02-03 04:05:06"
    for order in $(orders); do
      run -0 env FAKETIME="2001-02-03 04:05:06" LD_PRELOAD="$order" date +%F
      [[ $output == 2001-02-03 ]]
    done
  done
}

@test "the library of mptcpize and the shim leave each other's work alone" {
  library mptcpize/libmptcpwrap.so.0
  need strace
  refuses
  local order
  for order in $(orders); do
    run -0 trap_run 50000 50000 strace -e trace=socket -E LD_PRELOAD="$order" \
      "$PROBES/dial" 127.0.0.1 50000
    [[ $output == *"socket(AF_INET, SOCK_STREAM, "@(0x106|262|IPPROTO_MPTCP)* ]]
    [[ $output == *"returned=ECONNREFUSED "* ]]
  done
}

@test "libjemalloc and the shim leave each other's work alone" {
  library libjemalloc.so.2
  refuses
  local order
  for order in $(orders); do
    run -0 env MALLOC_CONF=stats_print:true LD_PRELOAD="$order" "$PROBES/dial" 127.0.0.1 9
    [[ $output == *"Begin jemalloc statistics"* && $output == *"returned=ECONNREFUSED "* ]]
  done
}

@test "libfakeroot and the shim leave each other's work alone" {
  library libfakeroot/libfakeroot-sysv.so
  need fakeroot
  refuses
  local order
  # fakeroot(1) names its library in LD_PRELOAD: the shim comes before it, and then after it.
  cd "$BATS_TEST_TMPDIR"
  for order in "$SHIM:\$LD_PRELOAD" "\$LD_PRELOAD:$SHIM"; do
    run -0 fakeroot sh -c "export LD_PRELOAD=$order; mknod null c 1 3 && stat -c %F null"
    [[ $output == "character special file" ]]
    [[ $(stat -c %F null) == "regular empty file" ]]
    rm null
  done
}

@test "proxychains and the shim leave each other's work alone" {
  library libproxychains.so.4
  need python3
  socks_settings 1080
  refuses
  goes_through_proxy 5
}

@test "proxychains' own dial of a dead proxy is guarded where the shim comes after it" {
  library libproxychains.so.4
  need strace
  socks_settings 50000
  dials_dead_proxy "$OTHER"
  [[ $output == *"$GREETING"* ]]
  # What proxychains dials by itself comes out behind it.
  dials_dead_proxy "$SHIM:$OTHER"
  [[ $output == *"$GREETING"* ]]
  dials_dead_proxy "$OTHER:$SHIM"
  [[ $output != *"$GREETING"* ]]
}

@test "tsocks and the shim leave each other's work alone" {
  library libtsocks.so
  need python3
  socks_settings 1080
  refuses
  goes_through_proxy 4
}

@test "torsocks goes on doing its work beside the shim, in either order" {
  library torsocks/libtorsocks.so
  need python3
  socks_settings 1080
  goes_through_proxy 5
}

@test "torsocks guarded by the shim before it; the shim after it is passed by" {
  library torsocks/libtorsocks.so
  socks_settings 1080
  run -1 trap_run 50000 50000 env LD_PRELOAD="$OTHER" "$PROBES/dial" 127.0.0.1 50000
  run -0 trap_run 50000 50000 env LD_PRELOAD="$SHIM:$OTHER" "$PROBES/dial" 127.0.0.1 50000
  [[ $output == *"returned=ECONNREFUSED "*"self=no"* ]]
  # It looks connect() up in libc itself. The limits in the README name this order.
  run -1 trap_run 50000 50000 env LD_PRELOAD="$OTHER:$SHIM" "$PROBES/dial" 127.0.0.1 50000
  [[ $output == *"self=yes"* ]]
}

@test "under socket_wrapper there is no network to go wrong, and the shim does not disturb it" {
  library libsocket_wrapper.so
  need python3
  local order
  mkdir "$BATS_TEST_TMPDIR/sockets"
  cat >"$BATS_TEST_TMPDIR/both.py" <<'END'
import socket, sys
with socket.create_server(("127.0.0.7", 5000)) as server, socket.socket() as client:
    client.bind(("127.0.0.7", 0))
    assert client.getsockname()[1] != 0
    client.connect(("127.0.0.7", 5000))
    with server.accept()[0] as accepted:
        assert accepted.getpeername() == client.getsockname(), accepted.getpeername()
        accepted.sendall(b"through")
        print(client.recv(7).decode(), client.getpeername())
    assert ":1388 " not in open("/proc/net/tcp").read()
try:
    socket.create_connection(("127.0.0.7", 5001))
except ConnectionRefusedError:
    print("refused")
END
  for order in "$OTHER" $(orders); do
    run -0 trap_run 50000 50000 env SOCKET_WRAPPER_DIR="$BATS_TEST_TMPDIR/sockets" \
      SOCKET_WRAPPER_DEFAULT_IFACE=7 LD_PRELOAD="$order" python3 "$BATS_TEST_TMPDIR/both.py"
    echo "$order: $output"
    [[ $output == $'through (\'127.0.0.7\', 5000)\nrefused' ]]
  done
}

@test "a library that moves the environment before the shim is loaded does not mislead it" {
  OTHER=$BATS_TEST_TMPDIR/libmoves.so
  cc -shared -fPIC -o "$OTHER" -x c - <<'END'
#include <stdlib.h>
__attribute__((constructor)) static void move(void) { setenv("MOVED", "1", 1); }
END
  refuses
  # The constructor of the last one comes first.
  run -0 trap_run 50000 50001 env LD_PRELOAD="$SHIM:$OTHER" python3 -c '
import os, socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(os.environ["MOVED"], s.getsockname()[1])'
  [[ $output == "1 5000"[01] ]]
}
