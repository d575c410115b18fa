#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Before and after other preloaded libraries self-connections are refused, and the other library
# works as before. If the other one looks up libc itself, the order matters.

# shellcheck disable=SC2030,SC2031 # each test is a subshell with an output of its own
load lib/helpers

setup() {
  need_namespace
}

# library NAME: sets OTHER to its path in Debian, and ORDERS to LD_PRELOAD with ours after and before it;
# skips the test if it is not installed.
library() {
  local found
  for found in /usr/lib/*/"$1" /usr/lib/"$1"; do
    [[ ! -e $found ]] || OTHER=$found
  done
  [[ $OTHER == *"/$1" ]] || lacking "$1 is not installed"
  ORDERS=("$OTHER:$LIBRARY" "$LIBRARY:$OTHER")
}

# dials PRELOAD ARGUMENT...: dials itself with these libraries.
dials() {
  run trap_run 50000 50000 env LD_PRELOAD="$1" "${@:2}" "$PROBES/dial" 127.0.0.1 50000
}

# refuses: a dial reaches itself with the other library alone, and in neither order with ours.
refuses() {
  local order
  dials "$OTHER"
  [[ $output == *"self=yes"* ]]
  for order in "${ORDERS[@]}"; do
    dials "$order"
    [[ $output == *"returned=ECONNREFUSED "*"self=no"* ]]
  done
}

# prints PATTERN CMD...: CMD, run by env, prints this with the other library alone and in both orders.
prints() {
  local order
  for order in "$OTHER" "${ORDERS[@]}"; do
    run -0 env LD_PRELOAD="$order" "${@:2}"
    # shellcheck disable=SC2053 # it is a pattern
    [[ $output == $1 ]]
  done
}

@test "libeatmydata, libfaketime, libjemalloc and the library work together" {
  local which
  library libeatmydata.so
  refuses
  run -0 strace -e trace=fsync sync "$BATS_TEST_TMPDIR"
  [[ $output == *"fsync("* ]]
  prints '+++ exited with 0 +++' strace -e trace=fsync sync "$BATS_TEST_TMPDIR"
  export FAKETIME="2001-02-03 04:05:06"
  for which in libfaketime.so.1 libfaketimeMT.so.1; do
    library "faketime/$which"
    refuses
    prints 2001-02-03 date +%F
  done
  unset FAKETIME
  library libjemalloc.so.2
  refuses
  prints '*returned=ECONNREFUSED*Begin jemalloc statistics*' \
    MALLOC_CONF=stats_print:true "$PROBES/dial" 127.0.0.1 9
}

# It turns the programs' TCP sockets into MPTCP ones.
@test "mptcpize and the library work together, and ports serve as many connections as with TCP" {
  library mptcpize/libmptcpwrap.so.0
  local order
  refuses
  run -1 trap_run 50000 50009 env LD_PRELOAD="$OTHER" "$PROBES/ports" 54 6 20000
  [[ $output == "10 of 54 "* ]]
  for order in "${ORDERS[@]}"; do
    run -0 trap_run 50000 50009 env LD_PRELOAD="$order" "$PROBES/ports" 54 6 20000
    [[ $output == "54 of 54 dials to 6 destinations connected" ]]
  done
  prints '*IPPROTO_MPTCP*result=*' strace -f -e trace=socket "$PROBES/dial" 127.0.0.1 9
}

@test "libfakeroot and the library work together" {
  library libfakeroot/libfakeroot-sysv.so
  need fakeroot
  local order
  refuses
  # fakeroot(1) adds its library to LD_PRELOAD: ours comes before it, then after it.
  for order in "$LIBRARY:\$LD_PRELOAD" "\$LD_PRELOAD:$LIBRARY"; do
    run -0 fakeroot sh -c "export LD_PRELOAD=$order; cd '$BATS_TEST_TMPDIR'
      mknod null c 1 3 && stat -c %F null && rm null"
    [[ $output == "character special file" ]]
  done
}

# socks_settings PORT: writes the settings of three SOCKS clients, with a proxy at that port.
socks_settings() {
  cd "$BATS_TEST_TMPDIR" || return
  printf 'strict_chain\nquiet_mode\nlocalnet 127.0.0.0/255.0.0.0\n[ProxyList]\nsocks5 127.0.0.1 %s\n' \
    "$1" >proxychains.conf
  printf 'TorAddress 127.0.0.1\nTorPort %s\nAllowOutboundLocalhost 1\n' "$1" >torsocks.conf
  printf 'local = 127.0.0.0/255.0.0.0\nserver = 127.0.0.1\nserver_port = %s\n' "$1" >tsocks.conf
  export PROXYCHAINS_CONF_FILE=$PWD/proxychains.conf TORSOCKS_CONF_FILE=$PWD/torsocks.conf
  export TSOCKS_CONF_FILE=$PWD/tsocks.conf
}

# Prints the first byte, the SOCKS version, that a proxy receives when 192.0.2.1 is dialled.
GREETED='import socket, subprocess, sys
with socket.create_server(("127.0.0.1", 1080)) as proxy:
    with subprocess.Popen(["env", "LD_PRELOAD=" + sys.argv[1], sys.argv[2], "192.0.2.1", "80"],
                          stdout=subprocess.DEVNULL):
        proxy.settimeout(20)
        with proxy.accept()[0] as connection:
            print("SOCKS", connection.recv(1)[0])'

# goes_through_proxy VERSION: in both orders a dial of another host goes through the proxy.
goes_through_proxy() {
  local order
  socks_settings 1080
  for order in "$OTHER" "${ORDERS[@]}"; do
    run -0 trap_run 50000 50100 python3 -c "$GREETED" "$order" "$PROBES/dial"
    [[ $output == *"SOCKS $1"* ]]
  done
}

@test "proxychains, tsocks and the library work together" {
  library libproxychains.so.4
  goes_through_proxy 5
  refuses
  library libtsocks.so
  goes_through_proxy 4
  refuses
}

# torsocks looks up connect() in libc itself; libnoself(7) names the order that works.
@test "torsocks works in either order, and is covered if the library comes before it" {
  library torsocks/libtorsocks.so
  goes_through_proxy 5
  dials "$OTHER:$LIBRARY"
  [[ $output == *"self=yes"* ]]
  ORDERS=("$LIBRARY:$OTHER")
  refuses
}

# Only libraries after proxychains see its own dial of the proxy. If that dial reaches itself, it
# writes its greeting and reads it back.
@test "proxychains' own dial of a dead proxy is covered if the library comes after it" {
  library libproxychains.so.4
  socks_settings 50000
  writes() {
    trap_run 50000 50000 strace -e trace=write -E LD_PRELOAD="$1" "$PROBES/dial" 192.0.2.1 80 2>&1
  }
  local greeting='"\5\1\0", 3)'
  [[ $(writes "$OTHER") == *"$greeting"* && $(writes "$LIBRARY:$OTHER") == *"$greeting"* ]]
  run -0 writes "$OTHER:$LIBRARY"
  [[ $output == *"returned=ECONNREFUSED "* && $output != *"$greeting"* ]]
}

@test "a library that moves the environment before the constructor runs does not mislead the library" {
  OTHER=$BATS_TEST_TMPDIR/libmoves.so
  local moved
  for moved in 'setenv("MOVED", "1", 1)=EHOSTDOWN' 'clearenv()=ECONNREFUSED'; do
    cc -shared -fPIC -o "$OTHER" -D_GNU_SOURCE -include stdlib.h -x c - \
      <<<"__attribute__((constructor)) static void move(void) { ${moved%=*}; }"
    dials "$LIBRARY:$OTHER" NOSELF_ERRNO=EHOSTDOWN
    [[ $output == *"result=${moved##*=} "* ]]
  done
}
