# SPDX-License-Identifier: MIT
# Shared by the tests: paths, a namespace with a small ephemeral range, polling, and skipping.
# shellcheck shell=bash disable=SC2154 # status and output are set by bats

[[ -z ${BATS_VERSION-} ]] || bats_require_minimum_version 1.5.0

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD=$ROOT/build
LIBRARY=${NOSELF_LIB:-$BUILD/libnoself.so}
PROBES=$BUILD/tests
export ROOT BUILD LIBRARY PROBES
PATH=$PATH:/usr/sbin:/sbin

# tests/coverage: each test counts in its own directory, because tests with faults spoil the counts.
[[ -z ${NOSELF_COVERAGE-} ]] ||
  export GCOV_PREFIX=$NOSELF_COVERAGE/${BATS_TEST_FILENAME##*/}-${BATS_TEST_NUMBER-0}

# The caller's settings must not affect the tests.
unset NOSELF_MODE NOSELF_RETRIES NOSELF_ERRNO NOSELF_PINNED NOSELF_BIND_NO_PORT NOSELF_LOG
unset NOSELF_DISABLE

# trap_run LO HI CMD...: runs CMD, a program or an exported function, in a new network namespace with
# lo up and LO..HI as the ephemeral range. Exits as CMD does.
trap_run() {
  local user=()
  [[ $EUID == 0 ]] || user=(-Ur)
  # shellcheck disable=SC2016 # the inner shell is to expand these
  unshare "${user[@]}" -n bash -c '
    ip link set lo up && echo "$0 $1" >/proc/sys/net/ipv4/ip_local_port_range || exit 99
    shift
    "$@"' "$@"
}

# tool COMMAND...: runs make or a compiler without the variables of an outer make.
tool() {
  env -u MAKEFLAGS -u MFLAGS -u BUILD -u CC -u CFLAGS -u CPPFLAGS -u LDFLAGS "$@"
}

# units DIRECTORY [NAME]: every unit test of that build passes; one of that name is not run.
units() {
  local unit
  for unit in "$1"/unit/test_*; do
    [[ $unit != *.d && ${unit##*/} != "${2-}" ]] || continue
    run -0 "$unit"
    [[ $output == *" checks, 0 failed" ]]
  done
}

# preloaded CMD...: runs CMD with the library preloaded.
preloaded() {
  env LD_PRELOAD="$LIBRARY" "$@"
}

# either baseline|library CMD...: runs CMD without the library (baseline) or with it.
either() {
  if [[ $1 == baseline ]]; then "${@:2}"; else preloaded "${@:2}"; fi
}

# listening PORT...: starts listeners on 127.0.0.1 that end with the calling shell.
listening() {
  coproc LISTENING { exec "$PROBES/serve" -w "$@"; }
  read -r _ <&"${LISTENING[0]}"
}

# count PATTERN: prints how many lines of the last run's output match.
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

# self_connections: prints every established self-connection of this namespace, as in the kernel's
# table (address:port in hexadecimal); fails if there is none.
self_connections() {
  awk '$2 == $3 && $4 == "01" { print $2; found = 1 } END { exit !found }' \
    /proc/net/tcp /proc/net/tcp6
}

# need PROGRAM...: skips the test if a program is missing; with NOSELF_FULL=1 it fails. Call it in
# setup or in the test: bats cannot skip in setup_file.
need() {
  local program
  for program; do
    command -v "$program" >/dev/null || lacking "$program is not installed"
  done
}

# need_namespace: the same if this user may not create a network namespace.
need_namespace() {
  trap_run 50000 50000 true 2>/dev/null || lacking "no right to make a network namespace"
}

# lacking REASON: skips or fails the test, as need does, for any other reason.
lacking() {
  if [[ ${NOSELF_FULL:-0} == 1 ]]; then
    echo "needed under --full: $1" >&2
    exit 1
  fi
  skip "$1"
}

export -f trap_run preloaded either listening wait_for self_connections
