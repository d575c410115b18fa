#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# scripts/setup says what is missing, installs it where it may, and is silent otherwise.

load lib/helpers

# A copy that any user may read, with a list of its own; in place of the half that needs root one
# that writes down its arguments; and in bin all that is left where there is no apt-get.
setup() {
  copy=$(mktemp -d)
  chmod 755 "$copy"
  cd "$copy" || return
  mkdir scripts bin sudo
  cp "$ROOT/scripts/setup" scripts
  # shellcheck disable=SC2016 # for the scripts written here
  printf '#!/bin/sh\necho "$@" >asked\n' >scripts/setup-apt
  # shellcheck disable=SC2016
  printf '#!/bin/sh\nshift\nexec "$@"\n' >sudo/sudo
  chmod 755 sudo/sudo
  printf '%s\n' '# a list' 'build  there  sh  a shell' >scripts/packages
  local program
  for program in bash sh dirname; do
    ln -s "$(command -v "$program")" bin
  done
}

teardown() {
  rm -rf "$copy"
}

list() {
  printf '%s\n' "$@" >>scripts/packages
}

@test "setup is silent where nothing is missing" {
  list 'test  also-there  /  a root'
  run -0 scripts/setup test
  [[ -z $output && ! -e asked ]]
}

@test "setup installs what is missing from the set asked for and those before it" {
  need apt-get
  list 'build  one  no-such-program  x' 'test  two  /no/such/file  x' 'full  three  no-such-one  x'
  run -1 env PATH="$PWD/sudo:$PATH" scripts/setup test
  [[ ${lines[0]} == "setup: installing one two" ]]
  [[ $(cat asked) == "test one two" ]]
  [[ ${lines[-1]} == "setup: cannot build without: one" ]]
}

@test "setup goes on where only what the tests would like is missing" {
  need apt-get
  list 'test  two  no-such-program  x' 'test  by-dpkg-alone  -  x'
  run -0 env PATH="$PWD/sudo:$PATH" scripts/setup test
  [[ ${lines[-1]} == "setup: still missing: two by-dpkg-alone" ]]
}

@test "without apt-get setup names the packages" {
  list 'build  one  no-such-program  x'
  run -1 env PATH="$PWD/bin" scripts/setup build
  [[ ${lines[0]} == "setup: no apt-get here; please install by hand (Debian's names): one" ]]
  [[ ! -e asked ]]
}

@test "without the right to install setup says what to type" {
  need apt-get setpriv
  list 'full  one  no-such-program  x'
  local user=()
  [[ $EUID != 0 ]] || user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  printf '#!/bin/sh\nexit 1\n' >sudo/sudo
  run -0 env PATH="$PWD/sudo:$PATH" "${user[@]}" scripts/setup full
  [[ ${lines[0]} == "setup: neither root nor sudo without a password; missing: one" ]]
  [[ ${lines[1]} == "setup: to install them: sudo apt-get install one" ]]
}

@test "setup called wrongly says how in one line" {
  run -2 scripts/setup everything
  [[ $output == "setup: expected one of: build, test, full; got 'everything'; nothing done" ]]
}
