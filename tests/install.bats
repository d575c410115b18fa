#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# make install and make uninstall: which file goes where, and that the result works.

# shellcheck disable=SC2154 # bats sets variables

load lib/helpers
load lib/roots

setup() {
  stage=$BATS_TEST_TMPDIR/stage
}

make_() {
  make --silent --no-print-directory -C "$ROOT" "$@"
}

# files: prints the path of every file below the stage.
files() {
  find "$stage" ! -type d -printf '%P\n' | sort
}

@test "make install installs each file to its place, and make uninstall removes these, but no other" {
  local others=("$stage/usr/local/bin/noself-other" "$stage/usr/local/lib/libnoself.so.other")
  make_ install DESTDIR="$stage"
  run -0 files
  [[ $output == 'usr/local/bin/noself
usr/local/bin/noselfctl
usr/local/lib/libnoself.so
usr/local/share/bash-completion/completions/noself
usr/local/share/bash-completion/completions/noselfctl
usr/local/share/fish/vendor_completions.d/noself.fish
usr/local/share/fish/vendor_completions.d/noselfctl.fish
usr/local/share/man/man1/noself.1
usr/local/share/man/man7/libnoself.7
usr/local/share/man/man8/noselfctl.8
usr/local/share/zsh/site-functions/_noself
usr/local/share/zsh/site-functions/_noselfctl' ]]
  for command in noself noselfctl; do
    run -0 "$stage/usr/local/bin/$command" --version
    [[ $output == "$command $(<"$ROOT/shim/version")" ]]
  done
  touch "${others[@]}"
  run -0 --separate-stderr make_ uninstall DESTDIR="$stage"
  [[ $stderr == '' ]]
  run -0 files
  [[ $output == $'usr/local/bin/noself-other\nusr/local/lib/libnoself.so.other' ]]
  rm "${others[@]}"
  # Units that still have the drop-in are named.
  make_ install DESTDIR="$stage"
  mkdir -p "$stage/etc/systemd/system/web.service.d"
  touch "$stage/etc/systemd/system/web.service.d/noself.conf"
  run -0 --separate-stderr make_ uninstall DESTDIR="$stage"
  [[ ${#stderr_lines[@]} == 1 && $stderr == *'web.service.d/noself.conf: '*'daemon-reload' ]]
  run -0 find "$stage" -mindepth 1 ! -path "$stage/etc*"
  [[ $output == '' ]]
}

@test "make install honours PREFIX, LIBDIR, BINDIR and MANDIR, and does not change the build" {
  local before
  make_ all
  before=$(ls -lR --full-time "$BUILD"/{shim,noself,libnoself.so})
  make_ install DESTDIR="$stage" PREFIX=/opt/p LIBDIR=/own/lib64 BINDIR=/b MANDIR=/m
  diff <(echo "$before") <(ls -lR --full-time "$BUILD"/{shim,noself,libnoself.so})
  run -0 files
  run -0 grep -v ^opt/p/share/ <<<"$output"
  [[ $output == $'b/noself\nb/noselfctl\nm/man1/noself.1\nm/man7/libnoself.7\nm/man8/noselfctl.8
own/lib64/libnoself.so' ]]
  [[ $EUID == 0 ]] || lacking 'only root may change the root directory'
  run -0 chroot "$stage" /b/noself -v /b/noself --version
  [[ $output == "noself: '/b/noself': covered by '/own/lib64/libnoself.so' "* ]]
  # Where a library for another architecture would be.
  mv "$stage/own/lib64" "$stage/own/lib"
  run -0 chroot "$stage" /b/noself -v /b/noself --version
  [[ $output == *"covered by '/own/lib/libnoself.so' "* ]]
}

@test "installing again gives the library a new inode, so that running programs keep the old one" {
  make_ install DESTDIR="$stage"
  exec 9<"$stage/usr/local/lib/libnoself.so"
  make_ install DESTDIR="$stage"
  [[ $(readlink /proc/self/fd/9) == *' (deleted)' ]]
}

# In its own root: install, ldconfig, and the loop of the README, without the library and with it.
installed_loop() {
  local how
  make --silent install >/dev/null && ldconfig || return
  for how in env 'env LD_PRELOAD=libnoself.so' noself; do
    echo "$how"
    # shellcheck disable=SC2086 # to be split
    trap_run 50000 50000 timeout 5 $how inetutils-telnet 127.0.0.1 50000 <<<hello
  done |& grep -E 'Connected|refused|preloaded|^(env|noself)'
}

export -f installed_loop

@test "after make install and ldconfig, LD_PRELOAD=libnoself.so works with no path" {
  need inetutils-telnet
  need_root_of /
  run -0 in_root / installed_loop
  [[ $output == 'env
Connected to 127.0.0.1.
env LD_PRELOAD=libnoself.so
telnet: Unable to connect to remote host: Connection refused
noself
telnet: Unable to connect to remote host: Connection refused' ]]
}

@test "if there is no static libc, make links noself dynamically and says so" {
  cd "$BATS_TEST_TMPDIR"
  printf '%s\n' '#!/bin/sh' 'case " $* " in *" -static"*) exit 1 ;; esac' 'exec cc "$@"' >cc
  chmod +x cc
  # Only the last step of the build is done again.
  make_ all
  mkdir build
  cp -a "$BUILD/shim" "$BUILD/libdir" build
  run -0 make_ CC="$PWD/cc" BUILD="$PWD/build" all
  [[ $output == *"no static libc here, so $PWD/build/noself is linked dynamically"* ]]
  run -0 readelf -lW build/noself
  [[ $output == *INTERP* ]]
  run -0 build/noself printenv LD_PRELOAD
  [[ $output == "$PWD/build/libnoself.so" ]]
  run -0 readelf -lW "$BUILD/noself"
  [[ $output != *INTERP* ]]
}
