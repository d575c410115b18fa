#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# make deb: the package is built, judged, installed in a Debian of its own, upgraded under a running
# program, removed and purged.

load lib/helpers
load lib/roots

VERSION=$(<"$ROOT/shim/version")

# build_deb FOLDER: the package built from a copy of the tree there; prints its path.
build_deb() {
  mkdir -p "$1"
  tar -C "$ROOT" --exclude=./build --exclude=./.git -cf - . | tar -C "$1" -xf -
  [[ ! ${2-} ]] || {
    echo "$2" >"$1/shim/version"
    sed -i "s/^## $VERSION /## $2 /" "$1/CHANGELOG.md"
  }
  env -u BUILD make --silent -C "$1" deb >/dev/null && echo "$1"/build/noself_*.deb
}

setup() {
  need dpkg-buildpackage dh
  if [[ ! -e $BATS_FILE_TMPDIR/deb ]]; then
    build_deb "$BATS_FILE_TMPDIR/tree" >"$BATS_FILE_TMPDIR/deb"
  fi
  DEB=$(<"$BATS_FILE_TMPDIR/deb")
  multiarch=$(dpkg-architecture -q DEB_HOST_MULTIARCH)
  export DEB multiarch
}

@test "make deb builds a package that holds the library, the commands and their pages" {
  [[ ${DEB##*/} == "noself_${VERSION}_$(dpkg --print-architecture).deb" ]]
  run -0 dpkg-deb --fsys-tarfile "$DEB"
  run -0 tar -tf <(dpkg-deb --fsys-tarfile "$DEB")
  local file
  for file in "usr/lib/$multiarch/libnoself.so" usr/bin/noself usr/bin/noselfctl \
    usr/share/man/man1/noself.1.gz usr/share/man/man7/libnoself.7.gz \
    usr/share/man/man8/noselfctl.8.gz usr/share/bash-completion/completions/noself \
    usr/share/bash-completion/completions/noselfctl usr/share/zsh/vendor-completions/_noself \
    usr/share/zsh/vendor-completions/_noselfctl usr/share/fish/vendor_completions.d/noself.fish \
    usr/share/fish/vendor_completions.d/noselfctl.fish usr/share/doc/noself/copyright \
    usr/share/doc/noself/changelog.gz; do
    grep -qxF "./$file" <<<"$output"
  done
}

@test "lintian finds no error and no warning in the package" {
  need lintian
  local as=()
  [[ $EUID != 0 ]] || as=(--allow-root)
  run -0 lintian "${as[@]}" --fail-on error,warning --tag-display-limit 0 "$DEB"
  [[ -z $output ]]
}

@test "two builds of the package in other folders are the same bytes" {
  cmp "$DEB" "$(build_deb "$BATS_TEST_TMPDIR/another/folder")"
}

@test "make deb without debhelper says what is missing" {
  mkdir "$BATS_TEST_TMPDIR/bin"
  ln -s "$(command -v bash)" "$(command -v dirname)" "$BATS_TEST_TMPDIR/bin"
  PATH=$BATS_TEST_TMPDIR/bin run -1 "$ROOT/scripts/debian/build" "$BATS_TEST_TMPDIR/b"
  [[ $output == 'make deb: no dpkg-buildpackage here'*'nothing was built' ]]
  [[ ! -e $BATS_TEST_TMPDIR/b ]]
}

# files: every path of this root but those of dpkg's own books.
files() {
  find / -xdev \( -path /tmp -o -path "$BATS_RUN_TMPDIR" -o -path "$ROOT" \) -prune -o -print |
    grep -vE '^/var/(lib/dpkg/(status|diversions|statoverride|triggers|lock)|log/|cache/ldconfig)' |
    LC_ALL=C sort
}

telnet_() {
  trap_run 50000 50000 timeout 5 "$@" inetutils-telnet 127.0.0.1 50000 <<<hello
}

install_and_purge() {
  files >"$BATS_TEST_TMPDIR/before"
  echo 'bare:'
  telnet_
  dpkg -i "$DEB" >/dev/null || return 90
  echo 'by name:'
  LD_PRELOAD=libnoself.so telnet_
  echo 'wrapped:'
  telnet_ noself
  noself --version && noselfctl --version || return 91
  [[ -e /usr/lib/$multiarch/libnoself.so ]] || return 92
  echo 'removed:'
  dpkg -P noself >/dev/null || return 93
  files >"$BATS_TEST_TMPDIR/after"
} 2>&1

@test "installed in a Debian of its own it does its job there, and purged it leaves nothing" {
  need_kept_root debian
  run -0 in_root "${kept_root:?}" install_and_purge
  local bare=${output%%by name:*} shimmed=${output#*by name:}
  [[ $bare == *'Connected to 127.0.0.1'* && $bare != *refused* ]]
  [[ $shimmed == *'Connection refused'*'wrapped:'*'Connection refused'* ]]
  [[ $shimmed != *Connected* && $shimmed != *'cannot be preloaded'* ]]
  [[ $shimmed == *"noself $VERSION"$'\n'"noselfctl $VERSION"* ]]
  # No unit is wrapped: nothing to warn about.
  [[ ${output#*removed:} == '' ]]
  [[ -s $BATS_TEST_TMPDIR/before ]]
  diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
}

# Starts dialler, tells it to dial once the library under it was replaced, and says how it went.
upgrade_under() {
  dpkg -i "$DEB" >/dev/null || return 90
  dialler "$@" <"$BATS_TEST_TMPDIR/go" &
  exec 7>"$BATS_TEST_TMPDIR/go"
  wait_for 10 test -e "$BATS_TEST_TMPDIR/ready" || return 91
  dpkg -i "$NEW" >/dev/null || return 92
  grep libnoself "/proc/$(<"$BATS_TEST_TMPDIR/ready")/maps" | head -n 1
  echo dial >&7
  wait
  noself --version
}

# dialler [NAME=VALUE]: a program that has started, and dials when it reads a line.
dialler() {
  # shellcheck disable=SC2016 # the inner shell's
  trap_run 50000 50000 env "$@" bash -c '
    echo $$ >"$0.new" && mv "$0.new" "$0"
    read -r _ && exec 3<>/dev/tcp/127.0.0.1/50000 && echo "connected to itself"' \
    "$BATS_TEST_TMPDIR/ready" 2>&1
}

@test "a program that runs while the package is upgraded keeps its shim" {
  need_kept_root debian
  NEW=$(build_deb "$BATS_TEST_TMPDIR/new" 99.0)
  export NEW
  mkfifo "$BATS_TEST_TMPDIR/go"
  run -0 in_root "${kept_root:?}" upgrade_under
  [[ $output == $'connected to itself\nnoself 99.0' ]]
  rm "$BATS_TEST_TMPDIR/ready"
  run -0 in_root "${kept_root:?}" upgrade_under LD_PRELOAD=libnoself.so
  [[ ${lines[0]} == *"/libnoself.so (deleted)" ]]
  [[ $output == *'Connection refused'*'noself 99.0' && $output != *itself* ]]
}

# In a Debian with systemd as its PID 1: a legacy unit, the package, the drop-in, no package.
unit_outlives_package() {
  local folder=/etc/systemd/system
  cat >"$folder/legacy.service" <<.
[Service]
Type=oneshot
PrivateNetwork=yes
ExecStartPre=+/bin/sh -c 'echo 50000 50000 >/proc/sys/net/ipv4/ip_local_port_range'
ExecStart=/bin/bash -c 'exec 3<>/dev/tcp/127.0.0.1/50000 && echo connected to itself'
StandardOutput=append:/unit.out
StandardError=append:/unit.out
.
  cat >"$folder/walk.service" <<.
[Unit]
DefaultDependencies=no
SuccessAction=exit-force
FailureAction=exit-force
[Service]
Type=oneshot
ExecStart=/bin/bash /walk
StandardOutput=append:$BATS_TEST_TMPDIR/out
StandardError=append:$BATS_TEST_TMPDIR/out
.
  printf '[Unit]\nDefaultDependencies=no\nWants=walk.service\n' >"$folder/walk.target"
  {
    declare -f walk start_unit
    echo "DEB=$DEB"
    echo walk
  } >/walk
  unshare --pid --mount --net --uts --ipc --cgroup --fork bash -c '
    mount -t proc proc /proc && mount -t sysfs sys /sys && mount -t tmpfs run /run &&
      mount -t cgroup2 cgroup /sys/fs/cgroup || exit
    container=noself exec /lib/systemd/systemd --unit=walk.target' >/dev/null 2>&1
}

start_unit() {
  : >/unit.out
  systemctl start legacy.service 2>/dev/null
  echo "$1: status $?"
  cat /unit.out
}

walk() {
  dpkg -i "$DEB" >/dev/null || return
  start_unit bare
  noselfctl enable legacy.service >/dev/null || return
  start_unit wrapped
  echo 'removal:'
  dpkg -r noself >/dev/null || return
  systemctl daemon-reload
  start_unit removed
}

@test "a wrapped unit still starts when the package is gone, and the removal warned of it" {
  need_kept_root debian
  [[ $EUID == 0 ]] || lacking 'systemd as PID 1 needs root'
  in_root "${kept_root:?}" unit_outlives_package || true
  run -0 cat "$BATS_TEST_TMPDIR/out"
  [[ $output == *$'bare: status 0\nconnected to itself\nwrapped: status 1\n'* ]]
  [[ $output == *'Connection refused'*$'removal:\nnoself: warning: legacy.service is still'* ]]
  [[ $output == *$'removed: status 0\n'*'libnoself.so'*'cannot be preloaded'* ]]
  [[ ${output##*removed:} == *'connected to itself' ]]
}

export -f files telnet_ install_and_purge upgrade_under dialler unit_outlives_package
export -f start_unit walk
