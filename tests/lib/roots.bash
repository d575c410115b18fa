# SPDX-License-Identifier: MIT
# Root file systems that a test may change: an overlay that disappears after the test.
# shellcheck shell=bash

# in_root LOWER CMD...: runs CMD with the directory LOWER as its /, in a new mount namespace. CMD is a
# program of that root or, if the root has bash, an exported function. Written files go to memory,
# except below $BATS_RUN_TMPDIR and $ROOT, which are shared; CMD starts in $ROOT. Exits as CMD does, or
# with 98 if no such root can be created.
in_root() {
  local user=()
  [[ $EUID == 0 ]] || user=(-Ur)
  # shellcheck disable=SC2016 # the inner shells are to expand these
  unshare "${user[@]}" -m bash -c '
    lower=$0
    make_root() {
      memory=$(mktemp -d -p "$BATS_TEST_TMPDIR") && mount -t tmpfs noself "$memory" || return
      root=$memory/root
      mkdir "$root" "$memory/upper" "$memory/work" || return
      mount -t overlay -o "lowerdir=$lower,upperdir=$memory/upper,workdir=$memory/work" noself \
        "$root" || return
      for directory in /proc /sys /dev "$ROOT" "$BATS_RUN_TMPDIR"; do
        mkdir -p "$root$directory" && mount --rbind "$directory" "$root$directory" || return
      done
    }
    make_root || exit 98
    shell=/bin/bash
    [[ -x $root$shell ]] || shell=/bin/sh
    exec chroot "$root" "$shell" -c "cd \"\$0\" && \"\$@\"" "$ROOT" "$@"
  ' "$@"
}

# need_root_of LOWER: skips the test if in_root cannot work.
need_root_of() {
  in_root "$1" true 2>/dev/null || lacking "no right to make an overlay root"
}

# Two roots are created once and kept in build/, only to be used as in_root's LOWER:
#   debian  a small Debian by debootstrap, with telnet and systemd
#   musl    the probe dial built with musl, musl's loader, and a busybox to set it up with
make_kept_root() {
  case $1 in
    debian)
      debootstrap --variant=minbase --include=inetutils-telnet,iproute2,systemd \
        "$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)" "$2"
      ;;
    musl)
      local applet
      mkdir -p "$2"/{bin,etc,tmp,proc,lib}
      cp "$(command -v busybox)" "$2/bin/busybox"
      { ldd "$2/bin/busybox" || true; } | grep -o '/[^ ]*' | xargs -rI{} cp -L --parents {} "$2"
      for applet in cp env mkdir sed sh timeout true; do
        ln -s busybox "$2/bin/$applet"
      done
      musl-gcc -Dstrerrorname_np=strerror -o "$2/bin/dial" "$ROOT/tests/probes/dial.c" &&
        cp -L "/lib/ld-musl-$(uname -m).so.1" "$2/lib"
      ;;
  esac
}

# need_kept_root NAME: sets `kept_root` to its directory and creates it first with NOSELF_FULL=1;
# skips the test if it is missing and cannot be created.
need_kept_root() {
  kept_root=$BUILD/roots/$1
  if [[ ! -e $kept_root ]]; then
    [[ ${NOSELF_FULL:-0} == 1 ]] || skip "makes a $1 root, which only --full does"
    case $1 in
      debian)
        need debootstrap
        [[ $EUID == 0 ]] || lacking 'debootstrap needs root'
        ;;
      musl) need musl-gcc busybox ;;
    esac
    mkdir -p "$BUILD/roots"
    rm -rf "$kept_root.new"
    make_kept_root "$1" "$kept_root.new" >"$kept_root.log" 2>&1 || {
      tail -n 5 "$kept_root.log" >&2
      lacking "a $1 root could not be made; see $kept_root.log"
    }
    mv "$kept_root.new" "$kept_root"
  fi
  need_root_of "$kept_root"
}

export -f trap_run in_root
