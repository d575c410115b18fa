# SPDX-License-Identifier: MIT
# Root file systems that a test may change as it likes: an overlay that is gone when the test is.
# shellcheck shell=bash

# in_root LOWER CMD...: runs CMD, a program of that root or an exported function, with the folder
# LOWER as its /, in a mount namespace of its own. What it writes goes to memory, except below
# $BATS_RUN_TMPDIR and $ROOT, which it shares. Exits as CMD does; 98: no such root can be made here.
in_root() {
  local user=()
  [[ $EUID == 0 ]] || user=(-Ur)
  # shellcheck disable=SC2016 # the inner shell is to expand these
  unshare "${user[@]}" -m bash -c '
    lower=$0
    make_root() {
      memory=$(mktemp -d -p "$BATS_TEST_TMPDIR") && mount -t tmpfs noself "$memory" || return
      root=$memory/root
      mkdir "$root" "$memory/upper" "$memory/work" || return
      mount -t overlay -o "lowerdir=$lower,upperdir=$memory/upper,workdir=$memory/work" noself \
        "$root" || return
      for folder in /proc /sys /dev "$ROOT" "$BATS_RUN_TMPDIR"; do
        mkdir -p "$root$folder" && mount --rbind "$folder" "$root$folder" || return
      done
    }
    make_root || exit 98
    cd "$ROOT" && exec chroot "$root" "$(command -v bash)" -c "cd \"\$0\"; \"\$@\"" "$ROOT" "$@"
  ' "$@"
}

# need_root_of LOWER: skips the test where in_root cannot work.
need_root_of() {
  in_root "$1" true 2>/dev/null || lacking "no right to make an overlay root"
}

export -f trap_run

# debian_root: prints the folder of a small Debian made by debootstrap, with telnet and systemd.
# It is made once and kept in build/, only ever to be used as in_root's LOWER.
debian_root() (
  root=$BUILD/roots/debian
  mkdir -p "${root%/*}"
  exec 8>"$root.lock"
  flock 8
  if [[ ! -e $root ]]; then
    rm -rf "$root.new"
    release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    if ! debootstrap --variant=minbase --include=inetutils-telnet,iproute2,systemd "$release" \
      "$root.new" >"$root.log" 2>&1; then
      tail -n 5 "$root.log" >&2
      return 1
    fi
    mv "$root.new" "$root"
  fi
  echo "$root"
)

# need_debian_root: skips the test where there is no such root; makes it under NOSELF_FULL=1.
need_debian_root() {
  if [[ ! -e $BUILD/roots/debian ]]; then
    [[ ${NOSELF_FULL:-0} == 1 ]] || skip 'makes a small Debian with debootstrap, under --full only'
    need debootstrap
    [[ $EUID == 0 ]] || lacking 'debootstrap needs root'
    debian_root >/dev/null || lacking 'debootstrap could not make a root'
  fi
  need_root_of "$BUILD/roots/debian"
}
