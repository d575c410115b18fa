#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The NOSELF_ variables in a running program: what each does, and the message for an invalid value.
# test_text.c tests all values; log.bats tests NOSELF_LOG, and NOSELF_MODE=observe with it;
# connect.bats tests NOSELF_PINNED.

load lib/helpers

setup() {
  need_namespace
}

# gives RESULT SELF [VARIABLE=VALUE...]: a dial of oneself with these settings gives this; $stderr has
# its standard error.
gives() {
  run --separate-stderr trap_run 50000 50000 preloaded env "${@:3}" "$PROBES/dial" 127.0.0.1 50000
  [[ $output == *"result=$1 "*"self=$2"* ]]
}

# dials N COMMAND...: strace counts N calls of connect().
dials() {
  run trap_run 50000 "$2" preloaded strace -f -e trace=connect,getsockopt "${@:3}" \
    "$PROBES/dial" 127.0.0.1 50000
  [[ $(count 'htons\(50000\)') == "$1" ]]
}

@test "NOSELF_ERRNO sets the error, NOSELF_DISABLE=1 changes nothing; nothing is printed" {
  run -1 trap_run 50000 50000 "$PROBES/dial" 127.0.0.1 50000
  gives ECONNREFUSED no
  # shellcheck disable=SC2154 # bats sets it
  [[ $stderr == '' ]]
  gives EHOSTUNREACH no NOSELF_ERRNO=113 NOSELF_MODE=fail
  gives OK yes NOSELF_DISABLE=1
}

@test "NOSELF_MODE=fail does not retry, NOSELF_RETRIES limits how often retry does" {
  local retries
  dials 2 50001
  dials 1 50001 -E NOSELF_MODE=fail
  # Without IP_LOCAL_PORT_RANGE retries are plain dials, and in a range of one port each reaches
  # itself.
  for retries in 1 2 3 7 16; do
    dials $((retries + 1)) 50000 -E NOSELF_RETRIES="$retries" \
      -e inject=getsockopt:error=ENOPROTOOPT:when=5
    [[ $output == *"result=ECONNREFUSED "*"self=no"* ]]
  done
}

@test "an invalid value gives one line, and the default is used" {
  gives ECONNREFUSED no NOSELF_MODE=never NOSELF_RETRIES=0 NOSELF_ERRNO=EWHAT NOSELF_PINNED=yes \
    NOSELF_BIND_NO_PORT=2 NOSELF_LOG=here NOSELF_DISABLE=maybe
  run -0 sort <<<"$stderr"
  [[ $output == 'noself: NOSELF_BIND_NO_PORT=2: expected 0|1; using 1
noself: NOSELF_DISABLE=maybe: expected 0|1; using 0
noself: NOSELF_ERRNO=EWHAT: expected NAME|1..133; using ECONNREFUSED
noself: NOSELF_LOG=here: expected off|stderr|/PATH; using off
noself: NOSELF_MODE=never: expected retry|fail|observe; using retry
noself: NOSELF_PINNED=yes: expected fail|allow; using fail
noself: NOSELF_RETRIES=0: expected 1..16; using 3' ]]
  # A long value, or one that is not printable, also gives one short line.
  gives ECONNREFUSED no NOSELF_MODE="$(printf 'a\nb\033[31m%0500d' 0)"
  [[ $stderr == "noself: NOSELF_MODE=a?b?[31m$(printf %056d 0): expected "* && $stderr != *$'\n'* ]]
}

@test "in a secure-execution process the environment is not read" {
  need setcap
  [[ $EUID == 0 ]] || lacking "a set-user-ID program for another user needs root"
  # In secure execution the loader ignores LD_PRELOAD but reads /etc/ld.so.preload. This test writes
  # both in its own mount namespace.
  secure() {
    mount -t tmpfs none /mnt && cp "$LIBRARY" /mnt/libnoself.so && cp "$PROBES/dial" /mnt/dial &&
      mkdir /mnt/upper /mnt/work &&
      mount -t overlay none -o lowerdir=/etc,upperdir=/mnt/upper,workdir=/mnt/work /etc || return 99
    chmod 755 /mnt /mnt/*
    echo /mnt/libnoself.so >/etc/ld.so.preload
    local as_nobody=(setpriv --reuid 65534 --clear-groups env NOSELF_DISABLE=1 NOSELF_MODE=bad)
    local change
    for change in true 'chmod u+s' 'setcap cap_net_raw+ep'; do
      chmod 755 /mnt/dial && $change /mnt/dial || return 99
      echo "$change: $("${as_nobody[@]}" /mnt/dial 127.0.0.1 50000 2>&1 | tr '\n' ' ')"
    done
  }
  export -f secure
  run -0 trap_run 50000 50000 unshare -m bash -c secure
  [[ ${lines[0]} == 'true: noself: NOSELF_MODE=bad'*'result=OK'*'self=yes'* ]]
  [[ ${lines[1]} == 'chmod u+s: returned=ECONNREFUSED '*'self=no'* ]]
  [[ ${lines[2]} == 'setcap '*': returned=ECONNREFUSED '*'self=no'* ]]
}
