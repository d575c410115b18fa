#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# make dist: the same source gives the same bytes, and the tree runs where it is unpacked.

load lib/helpers

VERSION=$(<"$ROOT/shim/version")

# copy_tree FOLDER: the source as it would be checked out there, nothing built.
copy_tree() {
  mkdir -p "$1"
  tar -C "$ROOT" --exclude=./build --exclude=./.git -cf - . | tar -C "$1" -xf -
}

# dist FOLDER: make dist there, quietly, into the build folder of that tree.
dist() {
  env -u BUILD make --silent -C "$1" dist >/dev/null
}

setup_file() {
  copy_tree "$BATS_FILE_TMPDIR/one"
  dist "$BATS_FILE_TMPDIR/one"
  archive=$(echo "$BATS_FILE_TMPDIR"/one/build/noself-*.tar.gz)
  export archive
  mkdir "$BATS_FILE_TMPDIR/unpacked"
  tar -C "$BATS_FILE_TMPDIR/unpacked" -xzf "$archive"
  tree=$(echo "$BATS_FILE_TMPDIR"/unpacked/*)
  export tree
}

@test "the archive bears the version and the architecture, and so does the folder in it" {
  local machine
  machine=$(cc -dumpmachine)
  [[ ${archive##*/} == "noself-$VERSION-linux-${machine%%-*}.tar.gz" ]]
  [[ ${tree##*/} == "noself-$VERSION-linux-${machine%%-*}" ]]
  [[ -f $tree/README.md && -f $tree/LICENSE && -f $tree/CHANGELOG.md ]]
  [[ -f $tree/share/man/man1/noself.1 && -f $tree/share/man/man7/libnoself.7 ]]
  [[ -f $tree/share/man/man8/noselfctl.8 ]]
}

@test "the checksums cover every file, and hold" {
  cd "$tree"
  sha256sum --quiet --strict -c SHA256SUMS
  run -0 diff <(cut -c67- SHA256SUMS) \
    <(find . -type f ! -name SHA256SUMS -printf '%P\n' | LC_ALL=C sort)
  cd "${archive%/*}"
  sha256sum --quiet --strict -c "${archive##*/}.sha256"
  echo >>"$tree/LICENSE"
  cd "$tree"
  run ! sha256sum --status -c SHA256SUMS
  truncate -s -1 "$tree/LICENSE"
}

@test "two builds, in other folders, at other times, under another umask, are the same bytes" {
  umask 077
  copy_tree "$BATS_TEST_TMPDIR/a folder/with another/name"
  cd "$BATS_TEST_TMPDIR/a folder/with another/name"
  find . -exec touch -d '2001-01-01' {} +
  # What another build has left behind is not taken over.
  CFLAGS=-O0 dist .
  run ! cmp -s "$archive" "build/${archive##*/}"
  TZ=Pacific/Auckland dist .
  cmp "$archive" "build/${archive##*/}"
}

@test "nothing in the archive is anybody's but root's, or newer than the release" {
  run -0 tar --numeric-owner --full-time -tvzf "$archive"
  local day line
  day=$("$ROOT/scripts/released" "$VERSION")
  for line in "${lines[@]}"; do
    [[ $line == [d-]rw?r-?r-?\ 0/0\ *\ "$day 00:00:00 "* ]]
  done
}

@test "SOURCE_DATE_EPOCH sets the times" {
  copy_tree "$BATS_TEST_TMPDIR/tree"
  SOURCE_DATE_EPOCH=86400 dist "$BATS_TEST_TMPDIR/tree"
  TZ=UTC run -0 tar --full-time -tvzf "$BATS_TEST_TMPDIR/tree/build/${archive##*/}"
  [[ ${lines[0]} == *' 1970-01-02 00:00:00 '* ]]
}

@test "the unpacked tree runs where it is: its command finds its own library" {
  run -0 "$tree/bin/noself" --version
  [[ $output == "noself $VERSION" ]]
  run -0 "$tree/bin/noself" env
  [[ $output == *"LD_PRELOAD=$tree/lib/libnoself.so"* ]]
}

@test "the unpacked tree does its job" {
  need inetutils-telnet
  need_namespace
  run trap_run 50000 50000 timeout 10 inetutils-telnet 127.0.0.1 50000 <<<hello
  [[ $output == *'Connected to 127.0.0.1'* ]]
  run -1 trap_run 50000 50000 timeout 10 "$tree/bin/noself" inetutils-telnet 127.0.0.1 50000 <<<hello
  [[ $output == *'Connection refused'* && $output != *Connected* ]]
}

@test "a release that CHANGELOG.md does not know is said so" {
  run -1 "$ROOT/scripts/released" 99.0
  [[ $output == *"has no line '## 99.0 YYYY-MM-DD'"* ]]
}
