#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Other cases in which a program could notice the library: each without it and with it.

# shellcheck disable=SC2153 # LIBRARY is of the helpers
load lib/helpers

setup() {
  need_namespace
}

# probe CASE...: runs the probe in a namespace with one ephemeral port, without the library.
probe() {
  trap_run 50000 50000 "$PROBES/differences" "$@"
}

# probe_with CASE...: the same with the library.
probe_with() {
  trap_run 50000 50000 preloaded "$PROBES/differences" "$@"
}

# with_rules RULES CMD...: runs CMD with a chain of nft rules for the packets of this namespace.
with_rules() {
  printf '%s\n' 'table inet t {' 'chain c {' "type $1" '}' '}' | nft -f - && "${@:2}"
}
export -f with_rules

# needs_nft
needs_nft() {
  need nft
  [[ $EUID == 0 ]] || lacking "nft rules need root"
}

@test "a connection to another socket that NAT gives two equal names is not disconnected" {
  needs_nft
  local rule=$'nat hook output priority -100\ntcp dport 50000 redirect to :8080' library host how
  for host in 127.0.0.1 ::1 ::ffff:127.0.0.1; do
    for how in blocking=b nonblocking=n mptcp=m fast-open=f; do
      for library in env preloaded; do
        run -0 trap_run 50000 50000 with_rules "$rule" $library \
          "$PROBES/differences" redirected "$host" "${how#*=}"
        echo "$library $host $how: $output"
        [[ $output == *" same-names=yes accepted=1 reset=no" ]]
      done
    done
  done
}

@test "a terminal that nobody reads blocks neither a dial nor the loading of the library" {
  run -142 "$PROBES/terminal" perl -e 'print STDERR "x" x 90, "\n"'
  run -0 trap_run 50000 50000 "$PROBES/terminal" \
    env NOSELF_LOG=stderr LD_PRELOAD="$LIBRARY" "$PROBES/dial" 127.0.0.1 50000
  [[ $output == *result=ECONNREFUSED* ]]
  run -0 "$PROBES/terminal" env NOSELF_MODE=wrong LD_PRELOAD="$LIBRARY" true
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

@test "a large fast open is one send: MSG_ZEROCOPY completes once" {
  run -0 probe zerocopy
  [[ $output == done=1 ]]
  run -0 probe_with zerocopy
  [[ $output == done=1 ]]
}

@test "a fast open that connects to itself and then fails is refused" {
  run -0 probe failing control
  [[ $output == "result=EINVAL same-names=yes" ]]
  run -0 probe_with failing control
  [[ $output == "result=ECONNREFUSED same-names=no" ]]
  run -0 probe failing data
  [[ $output == "result=EFAULT same-names=yes" ]]
  run -0 probe_with failing data
  [[ $output == "result=ECONNREFUSED same-names=no" ]]
}

@test "if a sandbox refuses bind(), NOSELF_PINNED=allow allows a socket that may be pinned" {
  run -0 probe sandboxed
  [[ $output == "result=OK same-names=yes" ]]
  NOSELF_PINNED=allow run -0 probe_with sandboxed
  [[ $output == "result=OK same-names=yes" ]]
  run -0 probe_with sandboxed
  [[ $output == "result=ECONNREFUSED same-names=no" ]]
}

@test "a log path that cannot be written is reported in one line when the library loads" {
  need setpriv
  local dir=$BATS_TEST_TMPDIR path
  mkdir "$dir/directory"
  ln -s file "$dir/link"
  for path in link=ELOOP directory=EISDIR missing/file=ENOENT link/file=ENOTDIR; do
    : >"$dir/file"
    run -0 env NOSELF_LOG="$dir/${path%=*}" LD_PRELOAD="$LIBRARY" true
    [[ $output == "noself: NOSELF_LOG=$dir/${path%=*}: cannot be written to (${path#*=}); "* ]]
    [[ ${#lines[@]} == 1 ]]
  done
  # A file that can be written is neither reported nor created; a FIFO is not opened.
  mkfifo "$dir/fifo"
  for path in file new fifo; do
    run -0 env NOSELF_LOG="$dir/$path" LD_PRELOAD="$LIBRARY" true
    [[ -z $output && ! -e $dir/new ]]
  done
  [[ $EUID == 0 ]] || return 0
  for path in /etc/passwd /etc/new-file; do
    run -0 env NOSELF_LOG="$path" LD_PRELOAD="$LIBRARY" \
      setpriv --reuid=65534 --regid=65534 --clear-groups true
    [[ $output == "noself: NOSELF_LOG=$path: cannot be written to (EACCES); "* ]]
  done
}
