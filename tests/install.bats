#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# make install and make uninstall: which file goes where, and that the result works.

# shellcheck disable=SC2154 # bats sets variables

load lib/helpers
load lib/roots

VERSION=$(<"$ROOT/shim/version")

setup() {
  stage=$BATS_TEST_TMPDIR/stage
}

make_() {
  make --silent --no-print-directory -C "$ROOT" "$@"
}

@test "make install installs each file to its place, and no other file" {
  make_ install DESTDIR="$stage"
  cd "$stage"
  run -0 find . ! -type d
  run -0 sort <<<"$output"
  [[ $output == './usr/local/bin/noself
./usr/local/bin/noselfctl
./usr/local/lib/libnoself.so
./usr/local/share/bash-completion/completions/noself
./usr/local/share/bash-completion/completions/noselfctl
./usr/local/share/fish/vendor_completions.d/noself.fish
./usr/local/share/fish/vendor_completions.d/noselfctl.fish
./usr/local/share/man/man1/noself.1
./usr/local/share/man/man7/libnoself.7
./usr/local/share/man/man8/noselfctl.8
./usr/local/share/zsh/site-functions/_noself
./usr/local/share/zsh/site-functions/_noselfctl' ]]
  for command in noself noselfctl; do
    run -0 "usr/local/bin/$command" --version
    [[ $output == "$command $VERSION" ]]
  done
}

@test "make install honours PREFIX, LIBDIR, BINDIR and MANDIR" {
  make_ install DESTDIR="$stage" PREFIX=/opt/p LIBDIR=/own-libraries BINDIR=/b MANDIR=/m
  cd "$stage"
  [[ -f own-libraries/libnoself.so && -x b/noself && -x b/noselfctl ]]
  grep -aq /own-libraries b/noself
  [[ -f m/man1/noself.1 && -f m/man7/libnoself.7 && -f m/man8/noselfctl.8 ]]
  run -0 ls
  [[ $output == $'b\nm\nopt\nown-libraries' ]]
}

@test "make uninstall removes what make install installed, and nothing else" {
  mkdir -p "$stage/usr/local/bin" "$stage/usr/local/lib"
  echo other >"$stage/usr/local/bin/noself-other"
  echo other >"$stage/usr/local/lib/libnoself.so.other"
  make_ install DESTDIR="$stage"
  [[ -f $stage/usr/local/lib/libnoself.so ]]
  make_ uninstall DESTDIR="$stage"
  run -0 find "$stage" ! -type d -printf '%P\n'
  [[ $(sort <<<"$output") == $'usr/local/bin/noself-other\nusr/local/lib/libnoself.so.other' ]]
  rm "${lines[@]/#/$stage/}"
  make_ install DESTDIR="$stage"
  make_ uninstall DESTDIR="$stage"
  run -0 find "$stage" -mindepth 1
  [[ -z $output ]]
}

@test "installing again gives the library a new inode, so that running programs keep the old one" {
  make_ install DESTDIR="$stage"
  exec 9<"$stage/usr/local/lib/libnoself.so"
  make_ install DESTDIR="$stage"
  [[ $(readlink /proc/self/fd/9) == *' (deleted)' ]]
}

@test "make install does not change the build directory" {
  make_ all
  find "$BUILD" -printf '%P %u %T@\n' | sort >"$BATS_TEST_TMPDIR/before"
  make_ install DESTDIR="$stage"
  cmp "$BUILD/noself" "$stage/usr/local/bin/noself"
  make_ install DESTDIR="$BATS_TEST_TMPDIR/other" LIBDIR=/other
  run -1 cmp "$BUILD/noself" "$BATS_TEST_TMPDIR/other/usr/local/bin/noself"
  find "$BUILD" -printf '%P %u %T@\n' | sort | cmp - "$BATS_TEST_TMPDIR/before"
}

@test "make uninstall names the units that still have the drop-in" {
  run -0 --separate-stderr make_ uninstall DESTDIR="$stage"
  [[ $stderr == '' ]]
  mkdir -p "$stage/etc/systemd/system/web.service.d"
  touch "$stage/etc/systemd/system/web.service.d/noself.conf"
  run -0 --separate-stderr make_ uninstall DESTDIR="$stage"
  [[ ${#stderr_lines[@]} == 1 && $stderr == *'web.service.d/noself.conf: '*'daemon-reload' ]]
}

# In its own root: install, ldconfig, and the loop of the README.
installed_loop() {
  make --silent install >/dev/null && ldconfig || return
  echo 'baseline:'
  trap_run 50000 50000 timeout 5 inetutils-telnet 127.0.0.1 50000 <<<hello
  echo 'by name:'
  LD_PRELOAD=libnoself.so trap_run 50000 50000 timeout 5 inetutils-telnet 127.0.0.1 50000 <<<hello
  echo 'wrapped:'
  trap_run 50000 50000 timeout 5 noself inetutils-telnet 127.0.0.1 50000 <<<hello
  return 0
} 2>&1

export -f installed_loop

@test "after make install and ldconfig, LD_PRELOAD=libnoself.so works with no path" {
  need inetutils-telnet
  need_root_of /
  run -0 in_root / installed_loop
  local baseline=${output%%by name:*} preloaded=${output#*by name:}
  [[ $baseline == *'Connected to 127.0.0.1'* && $baseline != *refused* ]]
  [[ $preloaded == *'Connection refused'*'wrapped:'*'Connection refused'* ]]
  [[ $preloaded != *Connected* && $preloaded != *'cannot be preloaded'* ]]
}

@test "if there is no static libc, make links noself dynamically and says so" {
  cat >"$BATS_TEST_TMPDIR/cc" <<'END'
#!/bin/sh
case " $* " in *' -static'*) exit 1 ;; esac
exec cc "$@"
END
  chmod +x "$BATS_TEST_TMPDIR/cc"
  run -0 make_ CC="$BATS_TEST_TMPDIR/cc" BUILD="$BATS_TEST_TMPDIR/build" all
  [[ $output == *"no static libc here, so $BATS_TEST_TMPDIR/build/noself is linked dynamically"* ]]
  run -0 readelf -lW "$BATS_TEST_TMPDIR/build/noself"
  [[ $output == *INTERP* ]]
  run -0 "$BATS_TEST_TMPDIR/build/noself" printenv LD_PRELOAD
  [[ $output == "$BATS_TEST_TMPDIR/build/libnoself.so" ]]
  run -0 readelf -lW "$BUILD/noself"
  [[ $output != *INTERP* ]]
}
