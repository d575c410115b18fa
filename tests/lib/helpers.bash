# SPDX-License-Identifier: MIT
# What the tests share: where things are, a namespace with the trap set, polling, and skipping.
# shellcheck shell=bash disable=SC2154 # status and output are set by bats

[[ -z ${BATS_VERSION-} ]] || bats_require_minimum_version 1.5.0

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD=$ROOT/build
LIBRARY=${NOSELF_LIB:-$BUILD/libnoself.so}
PROBES=$BUILD/tests
export ROOT BUILD LIBRARY PROBES
PATH=$PATH:/usr/sbin:/sbin

# tests/coverage: each test counts in a folder of its own, for those with faults spoil their counts.
[[ -z ${NOSELF_COVERAGE-} ]] ||
  export GCOV_PREFIX=$NOSELF_COVERAGE/${BATS_TEST_FILENAME##*/}-${BATS_TEST_NUMBER-0}

# What the caller happens to have set is not what the tests are about.
unset NOSELF_MODE NOSELF_RETRIES NOSELF_ERRNO NOSELF_PINNED NOSELF_BIND_NO_PORT NOSELF_LOG
unset NOSELF_DISABLE

# shellcheck disable=SC2016 # perl's own variable
# lo_up: brings up the loopback interface, also on a system so small that it has no ip.
lo_up() {
  if command -v ip >/dev/null; then
    ip link set lo up
  else
    # SIOCSIFFLAGS with IFF_UP and IFF_RUNNING.
    perl -e '$request = pack("a16s", "lo", 0x41);
      socket(S, 2, 2, 0) && ioctl(S, 0x8914, $request) || exit 1'
  fi
}
export -f lo_up

# trap_run LO HI CMD...: runs CMD, a program or an exported function, in a network namespace of
# its own with lo up and LO..HI as the ephemeral range. Exits as CMD does.
trap_run() {
  local user=()
  [[ $EUID == 0 ]] || user=(-Ur)
  # shellcheck disable=SC2016 # the inner shell is to expand these
  unshare "${user[@]}" -n bash -c '
    lo_up && echo "$0 $1" >/proc/sys/net/ipv4/ip_local_port_range || exit 99
    shift
    "$@"' "$@"
}

# tool COMMAND...: make or a compiler, with nothing of what an outer make has set.
tool() {
  env -u MAKEFLAGS -u MFLAGS -u BUILD -u CC -u CFLAGS -u CPPFLAGS -u LDFLAGS "$@"
}

# units DIRECTORY: every unit test of such a build passes.
units() {
  local unit
  for unit in "$1"/unit/test_*; do
    [[ $unit != *.d ]] || continue
    run "$unit"
    [[ $status == 0 && $output == *" checks, 0 failed" ]] || {
      echo "$unit: $output"
      return 1
    }
  done
}

# preloaded CMD...: runs CMD with the library under it.
preloaded() {
  env LD_PRELOAD="$LIBRARY" "$@"
}

# either bare|library CMD...: CMD without the library where the first word is "bare", else with it.
either() {
  if [[ $1 == bare ]]; then "${@:2}"; else preloaded "${@:2}"; fi
}

# listening PORT...: listeners on 127.0.0.1 for as long as the calling shell lives.
listening() {
  coproc LISTENING { exec "$PROBES/serve" -w "$@"; }
  read -r _ <&"${LISTENING[0]}"
}

# count PATTERN: how many lines of the last run's output match.
count() {
  # shellcheck disable=SC2154 # bats sets it
  grep -cE -- "$1" <<<"$output" || true
}

# wait_for SECONDS CMD...: polls until CMD succeeds; fails when SECONDS are over.
wait_for() {
  local end=$((SECONDS + $1 + 1))
  shift
  until "$@"; do
    ((SECONDS < end)) || return 1
    sleep 0.02
  done
}

# self_connections: prints every established TCP connection of this namespace whose two ends are
# the same, as the kernel's table writes it (address:port in hexadecimal); fails if there is none.
self_connections() {
  awk '$2 == $3 && $4 == "01" { print $2; found = 1 } END { exit !found }' \
    /proc/net/tcp /proc/net/tcp6
}

# need PROGRAM...: skips the test where a program is missing; under NOSELF_FULL=1 fails it.
# (bats cannot skip in setup_file: call it in setup or in the test.)
need() {
  local program
  for program; do
    command -v "$program" >/dev/null || lacking "$program is not installed"
  done
}

# need_namespace: the same where this user may not make a network namespace.
need_namespace() {
  trap_run 50000 50000 true 2>/dev/null || lacking "no right to make a network namespace"
}

# lacking REASON: what need and need_namespace end in; for any other thing a test cannot do without.
lacking() {
  if [[ ${NOSELF_FULL:-0} == 1 ]]; then
    echo "needed under --full: $1" >&2
    exit 1
  fi
  skip "$1"
}

export -f trap_run preloaded either listening wait_for self_connections
