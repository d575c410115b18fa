#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# TCP fast open by sendto, sendmsg, sendmmsg and TCP_FASTOPEN_CONNECT, with a cookie and without.

# shellcheck disable=SC2030,SC2031,SC2086 # each test is a subshell; options are to be split
load lib/helpers

setup() {
  need_namespace
}

# namespace LO HI CMD...: trap_run with fast open for clients, and for servers with cookies.
namespace() {
  # shellcheck disable=SC2016 # the inner shell expands these
  trap_run "$1" "$2" bash -c 'echo $((0x403)) >/proc/sys/net/ipv4/tcp_fastopen && "$@"' - "${@:3}"
}

# each_call baseline|library ARGUMENT...: dials by each call, blocking and not; prints a line each.
# With $cookie a listener has first given out a cookie, so the first packet carries data.
each_call() {
  local options
  [[ -z ${cookie-} ]] || { listening 40000 && "$PROBES/dial" -s 127.0.0.1 40000 >/dev/null; }
  for options in {-s,-g,-G,-f}{,' -n'}; do
    echo "$options: $(either "$1" "$PROBES/dial" $options "${@:2}")"
  done
}
export -f namespace each_call

@test "with a cookie or without, a dial connects to itself, and with the library is retried" {
  export NOSELF_LOG=stderr cookie
  for cookie in '' yes; do
    run -0 namespace 50000 50000 each_call baseline 127.0.0.1 50000
    # Without a cookie a non-blocking call gives EINPROGRESS.
    [[ $(count 'self=yes') == 8 && ($cookie == '' || $(count 'returned=OK') == 8) ]]
    run -0 namespace 50000 50000 each_call library 127.0.0.1 50000
    [[ $(count 'returned=ECONNREFUSED result=ECONNREFUSED port=50000 self=no') == 8 ]]
    run -0 namespace 50000 50001 each_call library 127.0.0.1 50000
    [[ $(count ' action=retried tries=1 ') == 8 && $(count 'ECONNREFUSED port=50001 self=no') == 8 ]]
  done
}

# A fast open that connects before the kernel finds out that the data cannot be read.
FAULTY='import ctypes, errno, socket
unreadable = (ctypes.c_char * 4).from_address(16)
s = socket.socket()
try:
    s.sendto(unreadable, socket.MSG_FASTOPEN, ("127.0.0.1", 50000))
except OSError as error:
    print(errno.errorcode[error.errno], errno.errorcode[s.connect_ex(("127.0.0.1", 50000))])'

@test "a fast open that connects to itself and then fails is refused" {
  run -0 trap_run 50000 50000 python3 -c "$FAULTY"
  [[ $output == 'EFAULT EISCONN' ]]
  run -0 trap_run 50000 50000 preloaded python3 -c "$FAULTY"
  [[ $output == 'ECONNREFUSED ECONNREFUSED' ]]
}
