#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# make deb, make dist and the recipes for RPM and Alpine: each holds what make install installs, is
# judged by its distribution's own tools, and works where it is installed or unpacked.

load lib/helpers
load lib/roots

VERSION=$(<"$ROOT/shim/version")

# copy_tree DIRECTORY [VERSION]: the source as it would be checked out there, nothing built.
copy_tree() {
  mkdir -p "$1"
  tar -C "$ROOT" --exclude=./build --exclude=./.git -cf - . | tar -C "$1" -xf -
  [[ ! ${2-} ]] || {
    echo "$2" >"$1/shim/version"
    sed -i "s/^## $VERSION /## $2 /" "$1/CHANGELOG.md"
  }
}

# make_ DIRECTORY TARGET: quietly, into the build directory of that tree.
make_() {
  env -u BUILD make --silent -C "$1" "$2" >/dev/null
}

# built: sets `tree` to a copy of the source in which each of the given targets has been made.
built() {
  tree=$BATS_FILE_TMPDIR/tree
  [[ -e $tree ]] || copy_tree "$tree"
  local target
  for target; do
    [[ ! -e $tree.$target ]] || continue
    make_ "$tree" "$target"
    touch "$tree.$target"
  done
}

# holds_all: the paths on stdin are, by name, what make install installs, and no other.
holds_all() {
  make --silent --no-print-directory -C "$ROOT" install DESTDIR="$BATS_TEST_TMPDIR/all" >/dev/null
  diff <(find "$BATS_TEST_TMPDIR/all" -type f -printf '%f\n' | sort) \
    <(grep -v '/share/\(doc\|licenses\|lintian\)/' | sed 's|.*/||; s|\.gz$||' | sort)
}

# trapped CMD...: telnet to its own port, as CMD's last arguments.
trapped() {
  trap_run 50000 50000 timeout 5 "$@" inetutils-telnet 127.0.0.1 50000 2>&1 <<<hello
}

# need_debs: builds the packages and sets `tree`, LIB_DEB and DEB.
need_debs() {
  need dpkg-buildpackage dh
  built deb
  local arch
  arch=$(dpkg --print-architecture)
  DEB=$tree/build/noself_${VERSION}_$arch.deb LIB_DEB=$tree/build/libnoself_${VERSION}_$arch.deb
  export DEB LIB_DEB
}

@test "make deb builds two packages that hold the library and everything else" {
  need_debs
  dpkg-deb -c "$LIB_DEB" | grep -q " ./usr/lib/$(dpkg-architecture -q DEB_HOST_MULTIARCH)/libnoself.so$"
  run ! grep -q libnoself.so <(dpkg-deb -c "$DEB")
  { dpkg-deb -c "$LIB_DEB" && dpkg-deb -c "$DEB"; } | awk '/^-/ { print $NF }' | holds_all
}

@test "lintian finds no error and no warning in the packages" {
  need lintian
  need_debs
  local as=()
  [[ $EUID != 0 ]] || as=(--allow-root)
  run -0 lintian "${as[@]}" --fail-on error,warning --tag-display-limit 0 "$LIB_DEB" "$DEB"
  [[ -z $output ]]
}

@test "two builds, in other directories, at other times, under another umask, are the same bytes" {
  need_debs
  built dist
  local other="$BATS_TEST_TMPDIR/a directory/with another/name" file
  umask 077
  copy_tree "$other"
  find "$other" -exec touch -d '2001-01-01' {} +
  export TZ=Pacific/Auckland
  make_ "$other" dist
  # dpkg-buildpackage takes no blanks.
  mv "$other" "$BATS_TEST_TMPDIR/other"
  make_ "$BATS_TEST_TMPDIR/other" deb
  for file in "$tree"/build/*.deb "$tree"/build/*.tar.gz*; do
    cmp "$file" "$BATS_TEST_TMPDIR/other/build/${file##*/}"
  done
}

# files: every path of this root but those of dpkg's own books.
files() {
  find / -xdev \( -path /tmp -o -path "$BATS_RUN_TMPDIR" -o -path "$ROOT" \) -prune -o -print |
    grep -vE '^/var/(lib/dpkg/(status|diversions|statoverride|triggers|lock|arch)|log/|cache/ldconfig)' |
    LC_ALL=C sort
}

install_and_purge() {
  files >"$BATS_TEST_TMPDIR/before"
  trapped env
  dpkg -i "$LIB_DEB" "$DEB" >/dev/null || return 90
  echo 'by name:'
  trapped env LD_PRELOAD=libnoself.so
  echo 'by command:'
  trapped noself
  noself --version && noselfctl --version || return 91
  mkdir -p /etc/systemd/system/legacy.service.d
  echo 'Environment=LD_PRELOAD=libnoself.so' >/etc/systemd/system/legacy.service.d/noself.conf
  dpkg -P noself libnoself >/dev/null || return 93
  rm -r /etc/systemd/system/legacy.service.d
  files >"$BATS_TEST_TMPDIR/after"
} 2>&1

@test "installed, the packages do their job; removed, they warn of units, and leave nothing" {
  need_debs
  need_kept_root debian
  run -0 in_root "${kept_root:?}" install_and_purge
  local without=${output%%by name:*} with=${output#*by name:}
  [[ $without == *'Connected to 127.0.0.1'* && $without != *refused* ]]
  [[ $with == *'Connection refused'*'by command:'*'Connection refused'* ]]
  [[ $with != *Connected* && $with != *'cannot be preloaded'* ]]
  [[ $with == *"noself $VERSION"$'\n'"noselfctl $VERSION"$'\n'* ]]
  [[ ${lines[-1]} == 'noself: /etc/systemd/system/legacy.service.d/noself.conf: still names'* ]]
  [[ -s $BATS_TEST_TMPDIR/before ]]
  diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
}

# Starts dialler, tells it to dial once the library under it was replaced, and says how it went.
upgrade_under() {
  dpkg -i "$LIB_DEB" "$DEB" >/dev/null || return 90
  dialler "$@" <"$BATS_TEST_TMPDIR/go" &
  exec 7>"$BATS_TEST_TMPDIR/go"
  wait_for 10 test -e "$BATS_TEST_TMPDIR/ready" || return 91
  dpkg -i "$NEW"/*.deb >/dev/null || return 92
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

@test "a program that runs while the packages are upgraded keeps its library" {
  need_debs
  need_kept_root debian
  copy_tree "$BATS_TEST_TMPDIR/new" 99.0
  make_ "$BATS_TEST_TMPDIR/new" deb
  export NEW=$BATS_TEST_TMPDIR/new/build
  mkfifo "$BATS_TEST_TMPDIR/go"
  run -0 in_root "${kept_root:?}" upgrade_under
  [[ $output == $'connected to itself\nnoself 99.0' ]]
  rm "$BATS_TEST_TMPDIR/ready"
  run -0 in_root "${kept_root:?}" upgrade_under LD_PRELOAD=libnoself.so
  [[ ${lines[0]} == *"/libnoself.so (deleted)" ]]
  [[ $output == *'Connection refused'*'noself 99.0' && $output != *itself* ]]
}

both_architectures() {
  dpkg --add-architecture i386 && dpkg --force-depends -i "$LIB_DEB" "$DEB" "$I386"/libnoself_*.deb
  dpkg-query -W -f '${Package} ${Architecture} ${db:Status-Status}\n' libnoself noself
  LD_PRELOAD=libnoself.so /bin/true
  ls -1 /usr/lib/*/libnoself.so
} 2>/dev/null

@test "the libraries for amd64 and i386 can be installed together" {
  need i686-linux-gnu-gcc
  need_debs
  [[ $DEB == *_amd64.deb ]] || skip 'only on amd64'
  need_kept_root debian
  export I386=$BATS_TEST_TMPDIR/i386
  env -u BUILD "$tree/scripts/debian/build" "$I386" -ai386 -d >/dev/null
  run -0 in_root "${kept_root:?}" both_architectures
  [[ $output == *$'libnoself amd64 installed\nlibnoself i386 installed\nnoself amd64 installed
/usr/lib/i386-linux-gnu/libnoself.so\n/usr/lib/x86_64-linux-gnu/libnoself.so' ]]
}

# unpacked: sets `archive`, and `dist` to the directory that it holds.
unpacked() {
  built dist
  archive=$(echo "$tree"/build/noself-*.tar.gz)
  tar -C "$BATS_TEST_TMPDIR" -xzf "$archive"
  dist=$(echo "$BATS_TEST_TMPDIR"/noself-*)
}

@test "make dist packs a tree that bears version and architecture, and checksums of every file" {
  local machine
  unpacked
  machine=$(cc -dumpmachine)
  [[ ${archive##*/} == "noself-$VERSION-linux-${machine%%-*}.tar.gz" ]]
  [[ ${dist##*/} == "noself-$VERSION-linux-${machine%%-*}" ]]
  (cd "${archive%/*}" && sha256sum --quiet --strict -c "${archive##*/}.sha256")
  cd "$dist"
  sha256sum --quiet --strict -c SHA256SUMS
  run -0 diff <(cut -c67- SHA256SUMS) \
    <(find . -type f ! -name SHA256SUMS -printf '%P\n' | LC_ALL=C sort)
  find . -mindepth 2 -type f | holds_all
  [[ $(echo [A-Z]*) == 'CHANGELOG.md LICENSE README.md SHA256SUMS' ]]
}

@test "nothing in the archive is anybody's but root's, or newer than the release" {
  local day line
  unpacked
  run -0 tar --numeric-owner --full-time -tvzf "$archive"
  day=$("$ROOT/scripts/released" "$VERSION")
  for line in "${lines[@]}"; do
    [[ $line == [d-]rw?r-?r-?\ 0/0\ *\ "$day 00:00:00 "* ]]
  done
}

@test "the unpacked tree does its job where it is: its command finds its own library" {
  need inetutils-telnet
  need_namespace
  unpacked
  run -0 "$dist/bin/noself" env
  [[ $output == *"LD_PRELOAD=$dist/lib/libnoself.so"* ]]
  run trapped env
  [[ $output == *'Connected to 127.0.0.1'* ]]
  run -1 trapped "$dist/bin/noself"
  [[ $output == *'Connection refused'* && $output != *Connected* ]]
}

@test "rpmbuild builds the packages of the spec file, and rpmlint finds nothing of ours in them" {
  need rpmbuild rpmlint
  local top=$BATS_TEST_TMPDIR
  mkdir -p "$top/SOURCES"
  tar -C "$ROOT" --exclude=./build --exclude=./.git --transform "s|^\.|noself-$VERSION|" \
    -czf "$top/SOURCES/noself-$VERSION.tar.gz" .
  run -0 env -u BUILD -u MAKEFLAGS rpmbuild -ba --nodeps --define "_topdir $top" \
    --define '_build_id_links none' "$ROOT/scripts/rpm/noself.spec"
  rpm -qlp "$top"/RPMS/*/*.rpm | holds_all
  # What a distribution adds itself, rules of one that has other names for libraries, and that the
  # command is static.
  echo 'Filters = ["no-(signature|packager-tag|group-tag|changelogname-tag|buildroot-tag)",
    "mklibname", "invalid-(license|soname|url)", "outside-libdir-files", "unstripped-binary",
    "requires-on-release", "manpage-not-compressed", "no-manual-page", "statically-linked"]' \
    >"$top/rpmlint.toml"
  run -0 rpmlint -c "$top/rpmlint.toml" "$ROOT/scripts/rpm/noself.spec" "$top"/RPMS/*/*.rpm
  [[ $output == *' 0 errors, 0 warnings'* ]]
}

# The shell of Alpine is busybox's, its libc musl. abuild itself is not in Debian.
# shellcheck disable=SC1091,SC2154 # it sets these
apk_package() {
  local name
  . "$ROOT/scripts/alpine/APKBUILD"
  for name in pkgname pkgver pkgrel pkgdesc url arch license source; do
    eval "test -n \"\$$name\"" || return 90
  done
  cd "$srcdir/$pkgname-$pkgver" && build && package
}

@test "the functions of the APKBUILD build with musl and package everything" {
  need musl-gcc
  export srcdir=$BATS_TEST_TMPDIR pkgdir=$BATS_TEST_TMPDIR/package CC=musl-gcc
  sh -n "$ROOT/scripts/alpine/APKBUILD"
  copy_tree "$srcdir/noself-$VERSION"
  (unset BUILD MAKEFLAGS && set -e && apk_package >/dev/null)
  find "$pkgdir" -type f | holds_all
}

@test "every recipe names this version, and a version that CHANGELOG.md lacks is an error" {
  cd "$ROOT/scripts"
  grep -qx "Version: *$VERSION" rpm/noself.spec
  grep -qx "pkgver=$VERSION" alpine/APKBUILD
  grep -q "image: noself-carrier:$VERSION " containers/kubernetes.yaml
  run -1 ./released 99.0
  [[ $output == *"has no line '## 99.0 YYYY-MM-DD'"* ]]
}

export -f files trapped install_and_purge upgrade_under dialler both_architectures
