#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# make deb, make dist and the recipes for RPM and Alpine: each holds what make install installs, is
# checked by its distribution's own tools, and works where it is installed or unpacked.

load lib/helpers
load lib/roots

VERSION=$(<"$ROOT/shim/version")

# copy_tree DIRECTORY: copies the source there, without build results.
copy_tree() {
  mkdir -p "$1" && cp -R "$ROOT"/{CHANGELOG.md,LICENSE,Makefile,README.md,scripts,shim} "$1"
}

# built deb|dist: makes that unless an earlier test did; sets its file names.
built() {
  local arch
  need dh dpkg-buildpackage
  arch=$(dpkg --print-architecture)
  export DEB=$BUILD/noself_${VERSION}_$arch.deb LIB_DEB=$BUILD/libnoself_${VERSION}_$arch.deb
  [[ -e $BATS_FILE_TMPDIR/$1 ]] || tool make -s -C "$ROOT" "$1"
  touch "$BATS_FILE_TMPDIR/$1"
}

# holds_all: the paths on stdin are those that make install installs, by name, and no others.
holds_all() {
  tool make -s -C "$ROOT" install DESTDIR="$BATS_TEST_TMPDIR/all" >/dev/null
  diff <(find "$BATS_TEST_TMPDIR/all" -type f -printf '%f\n' | sort) \
    <(grep -v '/share/\(doc\|licenses\|lintian\)/' | sed 's|.*/||; s|\.gz$||' | sort)
}

# trapped CMD...: runs CMD with a telnet that dials its own source port as the last arguments.
trapped() {
  trap_run 50000 50000 timeout 5 "$@" inetutils-telnet 127.0.0.1 50000 2>&1 <<<hello
}

@test "make deb builds two packages, the library and everything else, without a lintian complaint" {
  need lintian
  built deb
  run -0 dpkg-deb -c "$LIB_DEB"
  [[ $output == *" ./usr/lib/$(dpkg-architecture -q DEB_HOST_MULTIARCH)/libnoself.so"* ]]
  # Then lintian also complains about a file that two architectures could not have in the same place.
  [[ $(dpkg-deb -f "$LIB_DEB" Multi-Arch) == same ]]
  { echo "$output" && dpkg-deb -c "$DEB"; } | awk '/^-/ { print $NF }' | holds_all
  run -0 lintian --allow-root --fail-on error,warning --tag-display-limit 0 "$LIB_DEB" "$DEB"
  [[ -z $output ]]
}

@test "builds in two directories, at two times, under two umasks give the same bytes" {
  [[ ${NOSELF_FULL:-0} == 1 ]] || skip 'only under --full'
  built deb
  built dist
  umask 077
  local other=$BATS_TEST_TMPDIR/another/directory file
  copy_tree "$other"
  find "$other" -exec touch -d '2001-01-01' {} +
  TZ=Pacific/Auckland tool make -s -C "$other" dist deb
  for file in "$other"/build/*.{deb,tar.gz*}; do
    cmp "$file" "$BUILD/${file##*/}"
  done
}

# files: prints every path of this root except dpkg's database.
files() {
  find / -xdev \( -path /tmp -o -path "$BATS_RUN_TMPDIR" -o -path "$ROOT" \) -prune -o -print |
    grep -vE '^/var/(lib/dpkg/(status|diversions|statoverride|triggers|lock|arch)|log/|cache/ldconfig)' |
    LC_ALL=C sort
}

install_and_purge() {
  local dropin=/etc/systemd/system/legacy.service.d
  files >"$BATS_TEST_TMPDIR/before"
  trapped env
  dpkg -i "$LIB_DEB" "$DEB" >/dev/null || return 90
  echo 'by name:'
  trapped env LD_PRELOAD=libnoself.so
  trapped noself
  noself --version && noselfctl --version || return 91
  mkdir "$dropin" && echo 'Environment=LD_PRELOAD=libnoself.so' >"$dropin/noself.conf"
  dpkg -P noself libnoself >/dev/null || return 93
  rm -r "$dropin"
  files >"$BATS_TEST_TMPDIR/after"
} 2>&1

@test "installed packages work; removed ones warn of units that use them and leave nothing" {
  built deb
  need_kept_root debian
  run -0 in_root "${kept_root:?}" install_and_purge
  local without=${output%%by name:*} with=${output#*by name:}
  [[ $without == *'Connected to 127.0.0.1'* && $without != *refused* ]]
  [[ $(grep -c 'Connection refused' <<<"$with") == 2 ]]
  [[ $with != *Connected* && $with != *'cannot be preloaded'* ]]
  [[ $with == *"noself $VERSION"$'\n'"noselfctl $VERSION"$'\n'* ]]
  [[ ${lines[-1]} == 'noself: /etc/systemd/system/legacy.service.d/noself.conf: names'* ]]
  diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
}

# upgrade_under CMD...: a program run by CMD dials after the packages were installed again under it.
upgrade_under() {
  local ready=$BATS_TEST_TMPDIR/ready
  dpkg -i "$LIB_DEB" "$DEB" >/dev/null || return 90
  # shellcheck disable=SC2016 # the inner shell's
  trap_run 50000 50000 "$@" bash -c 'echo $$ >"$0"
    read -r _ && exec 3<>/dev/tcp/127.0.0.1/50000 && echo "connected to itself"' "$ready" \
    <"$BATS_TEST_TMPDIR/go" 2>&1 &
  exec 7>"$BATS_TEST_TMPDIR/go"
  wait_for 10 test -s "$ready" || return 91
  dpkg -i "$LIB_DEB" "$DEB" >/dev/null || return 92
  grep libnoself "/proc/$(<"$ready")/maps" | head -n 1
  echo dial >&7
  wait
}

@test "a program that runs during an upgrade of the packages keeps its library" {
  built deb
  need_kept_root debian
  mkfifo "$BATS_TEST_TMPDIR/go"
  run -0 in_root "${kept_root:?}" upgrade_under env
  [[ $output == 'connected to itself' ]]
  run -0 in_root "${kept_root:?}" upgrade_under env LD_PRELOAD=libnoself.so
  [[ ${lines[0]} == *"/libnoself.so (deleted)" && $output == *'Connection refused'* ]]
}

both_architectures() {
  dpkg --add-architecture i386
  dpkg --force-depends -i "$LIB_DEB" "$DEB" "$BATS_TEST_TMPDIR"/libnoself_*_i386.deb
  dpkg-query -W -f '${Package} ${Architecture} ${db:Status-Status}\n' libnoself noself
  ls -1 /usr/lib/*/libnoself.so
} >"$BATS_TEST_TMPDIR/out" 2>/dev/null

@test "the libraries for amd64 and i386 can be installed together" {
  [[ ${NOSELF_FULL:-0} == 1 ]] || skip 'only under --full'
  need i686-linux-gnu-gcc
  built deb
  [[ $DEB == *_amd64.deb ]] || skip 'only on amd64'
  need_kept_root debian
  tool "$ROOT/scripts/debian/build" "$BATS_TEST_TMPDIR" -ai386 -d
  run -0 in_root "${kept_root:?}" both_architectures
  run -0 tail -n 5 "$BATS_TEST_TMPDIR/out"
  [[ $output == $'libnoself amd64 installed\nlibnoself i386 installed\nnoself amd64 installed
/usr/lib/i386-linux-gnu/libnoself.so\n/usr/lib/x86_64-linux-gnu/libnoself.so' ]]
}

@test "make dist packs a tree with checksums, which runs from any directory" {
  need inetutils-telnet
  need_namespace
  built dist
  local name day line
  day=$("$ROOT/scripts/released" "$VERSION")
  name=noself-$VERSION-linux-$(cc -dumpmachine | cut -d - -f 1)
  cd "$BUILD"
  sha256sum --quiet --strict -c "$name.tar.gz.sha256"
  run -0 tar --numeric-owner --full-time -tvzf "$name.tar.gz"
  for line in "${lines[@]}"; do
    [[ $line == [d-]rw?r-?r-?\ 0/0\ *\ "$day 00:00:00 $name"* ]]
  done
  tar -C "$BATS_TEST_TMPDIR" -xzf "$name.tar.gz"
  cd "$BATS_TEST_TMPDIR/$name"
  sha256sum --quiet --strict -c SHA256SUMS
  diff <(cut -c67- SHA256SUMS) <(find . -type f ! -name SHA256SUMS -printf '%P\n' | LC_ALL=C sort)
  [[ $(echo [A-Z]*) == 'CHANGELOG.md LICENSE README.md SHA256SUMS' ]]
  find . -mindepth 2 -type f | holds_all
  run -0 bin/noself env
  [[ $output == *"LD_PRELOAD=$PWD/lib/libnoself.so"* ]]
  run trapped env
  [[ $output == *'Connected to 127.0.0.1'* ]]
  run -1 trapped bin/noself
  [[ $output == *'Connection refused'* && $output != *Connected* ]]
}

@test "rpmbuild builds the packages of the spec file, and rpmlint reports no error of this project" {
  need rpmbuild rpmlint
  local top=$BATS_TEST_TMPDIR spec=$ROOT/scripts/rpm/noself.spec
  copy_tree "$top/SOURCES/noself-$VERSION"
  tar -C "$top/SOURCES" -czf "$top/SOURCES/noself-$VERSION.tar.gz" "noself-$VERSION"
  run -0 tool rpmbuild -ba --nodeps --define "_topdir $top" \
    --define '_build_id_links none' "$spec"
  rpm -qlp "$top"/RPMS/*/*.rpm | holds_all
  # Ignore tags that a distribution adds itself, that concern the names of libraries, and that
  # report the static command.
  echo 'Filters = ["no-(signature|packager-tag|group-tag|changelogname-tag|buildroot-tag)",
    "mklibname", "invalid-(license|soname|url)", "outside-libdir-files", "unstripped-binary",
    "requires-on-release", "manpage-not-compressed", "no-manual-page", "statically-linked"]' \
    >"$top/rpmlint.toml"
  run -0 rpmlint -c "$top/rpmlint.toml" "$spec" "$top"/RPMS/*/*.rpm
  [[ $output == *' 0 errors, 0 warnings'* ]]
}

# The same steps as abuild, which Debian does not have.
# shellcheck disable=SC1091,SC2154 # the recipe sets these
apk_package() {
  set -eu
  . "$ROOT/scripts/alpine/APKBUILD"
  : "$pkgname $pkgver $pkgrel $pkgdesc $url $arch $license $source"
  cd "$srcdir/$pkgname-$pkgver"
  build
  package
}

@test "the functions of the APKBUILD build with musl and install everything" {
  need busybox musl-gcc
  export srcdir=$BATS_TEST_TMPDIR pkgdir=$BATS_TEST_TMPDIR/package
  copy_tree "$srcdir/noself-$VERSION"
  busybox sh -n "$ROOT/scripts/alpine/APKBUILD"
  run -0 tool env CC=musl-gcc bash -c apk_package
  find "$pkgdir" -type f | holds_all
}

@test "every recipe has this version, and a version that CHANGELOG.md lacks is an error" {
  cd "$ROOT/scripts"
  grep -qx "Version: *$VERSION" rpm/noself.spec
  grep -qx "pkgver=$VERSION" alpine/APKBUILD
  grep -q "image: noself-carrier:$VERSION " containers/kubernetes.yaml
  run -1 ./released 99.0
  [[ $output == *"no line '## 99.0 YYYY-MM-DD'; add it" ]]
}

export -f files trapped install_and_purge upgrade_under both_architectures apk_package
