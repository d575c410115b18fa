# SPDX-License-Identifier: MIT
# Shared by the tests of noself and noselfctl: the commands in a directory that every user may enter,
# and the checks of a refusal.
# shellcheck shell=bash disable=SC2034,SC2154 # what is set here the tests use, or bats sets

# make_tree: copies the commands and the library to a directory where any user may run them. Sets
# TREE, OPEN (the directory above it, removed at the end of the file's tests), NOSELF and NOSELFCTL.
make_tree() {
  OPEN=$(mktemp -d "${TMPDIR:-/tmp}/noself.XXXXXX")
  TREE=$OPEN/tree
  NOSELF=$TREE/build/noself
  NOSELFCTL=$TREE/scripts/noselfctl
  export OPEN TREE NOSELF NOSELFCTL
  chmod 755 "$OPEN"
  install -D "$BUILD/noself" "$NOSELF"
  install -D "$ROOT/scripts/noselfctl" "$NOSELFCTL"
  cp "$LIBRARY" "$TREE/build/libnoself.so"
}

teardown_file() {
  rm -rf "$OPEN"
}

# need_root: skips the test for other users.
need_root() {
  [[ $EUID == 0 ]] || lacking "this user is not root"
}

# need_supervisor: skips the test if the kernel does not allow a supervisor.
need_supervisor() {
  [[ $(uname -m) == @(x86_64|i?86|aarch64|arm*|riscv*) ]] || lacking "no supervisor for this machine"
  printf '6.3\n%s\n' "$(uname -r)" | sort -VC || lacking "it needs Linux 6.3"
  "$PROBES/confined" listener true || lacking "seccomp is not permitted here"
}

# as_nobody CMD...: runs CMD as an ordinary user.
as_nobody() {
  setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# refused STATUS WORDS CMD...: noself or noselfctl, run by CMD, exits with that status, prints nothing
# on stdout and one line on stderr that matches the pattern WORDS. CMD may begin with as_nobody or the
# like.
refused() {
  run "-$1" --separate-stderr "${@:3}"
  # shellcheck disable=SC2053 # a pattern
  [[ $output == '' && ${#stderr_lines[@]} == 1 && $stderr == noself?(ctl)": "*$2* ]]
}

# ctl STATUS ARG...: noselfctl, run by INSIDE if that is set, exits with STATUS; each line on stderr
# begins with its name.
ctl() {
  run "-$1" --separate-stderr "${INSIDE:-env}" "$NOSELFCTL" "${@:2}"
  [[ $(grep -vc '^noselfctl: ' <<<"${stderr:-noselfctl: }") == 0 ]]
}

export -f as_nobody
