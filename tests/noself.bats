#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The command noself: what it hands over, what it refuses, and how it says so, in dash and busybox.
# shellcheck disable=SC2016,SC2030,SC2031,SC2086,SC2153,SC2154,SC2317 # other shells expand what is quoted
# here; bats runs each test in a subshell, and sets variables; "busybox sh" is to be split

load lib/helpers
load lib/commands

setup_file() {
  make_tree
}

teardown_file() {
  remove_tree
}

setup() {
  find_shells
}

@test "a client that reaches itself bare is refused under noself" {
  need_namespace
  run -1 trap_run 50000 50000 "$PROBES/dials" 1 50000
  [[ $output == "1 dials, 0 refused, 1 reached themselves" ]]
  for shell in "${SHELLS[@]}"; do
    run -0 trap_run 50000 50000 in_shell "$shell" "$NOSELF" "$PROBES/dials" 1 50000
    [[ $output == "1 dials, 1 refused, 0 reached themselves" ]]
  done
}

@test "each option sets its variable, in every form that options have" {
  local shell forms form
  for shell in "${SHELLS[@]}"; do
    for forms in 'm mode MODE observe' 'r retries RETRIES 16' 'e errno ERRNO EADDRNOTAVAIL' \
      'e errno ERRNO 133' 'p pinned PINNED allow' 'b bind-no-port BIND_NO_PORT 0' \
      'l log LOG /a=b/it'\''s' 'l log LOG stderr'; do
      read -r short long variable value <<<"$forms"
      for form in "-$short $value" "-$short$value" "--$long $value" "--$long=$value"; do
        # shellcheck disable=SC2086 # to be split
        run -0 --separate-stderr in_shell "$shell" "$NOSELF" $form printenv "NOSELF_$variable"
        [[ $output == "$value" && $stderr == '' ]]
      done
    done
  done
}

@test "several options, a last one that counts, and a -- before the command" {
  for shell in "${SHELLS[@]}"; do
    run -0 in_shell "$shell" "$NOSELF" -mfail -r 2 --mode=observe -- sh -c \
      'echo "$NOSELF_MODE $NOSELF_RETRIES ${NOSELF_ERRNO-unset} $*"' -- -m 'two  words' ''
    [[ $output == 'observe 2 unset -m two  words ' ]]
  done
}

@test "what the environment says already is kept where no option says otherwise" {
  for shell in "${SHELLS[@]}"; do
    NOSELF_MODE=fail NOSELF_LOG=stderr NOSELF_DISABLE=1 run -0 in_shell "$shell" "$NOSELF" -l off \
      sh -c 'echo "$NOSELF_MODE $NOSELF_LOG $NOSELF_DISABLE"'
    [[ $output == 'fail off 1' ]]
  done
}

@test "a value that is not allowed is refused before anything runs" {
  local shell bad
  for shell in "${SHELLS[@]}"; do
    for bad in '-m|' '-m|Retry' '-mretry ' '-r|0' '-r|17' '-r|03' '-r|+3' '-r|3x' '-e|' '-e|0' \
      '-e|134' '-e|econnrefused' '-e|ENOSUCH' '-e|E' '-e|EPERM ENOENT' '-e|0x1' '-p|yes' '-b|2' \
      '-b|true' '-l|' '-l|log.txt' '-l|STDERR' "-l|/a"$'\n'"b" '--mode=' '--retries=1 '; do
      local words=("$bad")
      [[ $bad != *'|'* ]] || words=("${bad%%|*}" "${bad#*|}")
      run -125 --separate-stderr in_shell "$shell" "$NOSELF" "${words[@]}" \
        touch "$BATS_TEST_TMPDIR/ran"
      one_line noself
      [[ $stderr == *expected*'got '*'nothing done'* && ! -e $BATS_TEST_TMPDIR/ran ]]
    done
  done
}

@test "noself and the shim agree on every error name and number" {
  local names name accepted
  names=$(sed -n 's/X(\(E[A-Z0-9]*\))/\n\1\n/gp; s/^\t{"\(E[A-Z]*\)".*/\1/p' \
    "$ROOT/shim/core/errnames.c" | grep -x 'E[A-Z0-9]*')
  [[ $(wc -l <<<"$names") -gt 130 ]]
  for name in $names 1 9 10 99 100 133 0 134 01 ENOSUCH EPER EPERMX EHWPOISO; do
    accepted=yes
    [[ -z $(NOSELF_ERRNO=$name LD_PRELOAD=$SHIM /bin/true 2>&1) ]] || accepted=no
    (
      # shellcheck source=/dev/null
      . "$ROOT/scripts/cmd/settings.sh"
      setting ERRNO "$name"
    ) && said=yes || said=no
    [[ $said == "$accepted" ]] || {
      echo "$name: the shim says $accepted, noself says $said"
      return 1
    }
  done
}

@test "used wrongly, noself says how it is used and exits with 125" {
  for shell in "${SHELLS[@]}"; do
    run -125 --separate-stderr in_shell "$shell" "$NOSELF"
    [[ $output == '' && $stderr == 'usage: noself [OPTION...] [--] COMMAND [ARG...]' ]]
    run -125 --separate-stderr in_shell "$shell" "$NOSELF" -m fail --
    [[ $stderr == usage:* ]]
    for bad in --nonsense -x --mod=fail --forced -fm; do
      run -125 --separate-stderr in_shell "$shell" "$NOSELF" "$bad" true
      one_line noself
      [[ $stderr == *"no such option: '$bad'"* ]]
    done
    for option in -m --retries -l; do
      run -125 --separate-stderr in_shell "$shell" "$NOSELF" "$option"
      one_line noself
      [[ $stderr == *"option $option needs a value"* ]]
    done
  done
}

@test "noself prints --help and --version on stdout and exits with 0" {
  for shell in "${SHELLS[@]}"; do
    for option in -h --help; do
      run -0 --separate-stderr in_shell "$shell" "$NOSELF" "$option" nosuch
      [[ $output == usage:*--force*--version*125* && $stderr == '' ]]
    done
    for option in -V --version; do
      run -0 --separate-stderr in_shell "$shell" "$NOSELF" "$option"
      [[ $output == "noself $(<"$ROOT/shim/version")" ]]
    done
  done
}

@test "pid, standard streams and exit status are the command's own" {
  for shell in "${SHELLS[@]}"; do
    # shellcheck disable=SC2016 # the shells' own
    run -7 --separate-stderr sh -c 'echo $$; exec $0 "$@"' "$shell" "$NOSELF" \
      sh -c 'echo $$; cat; echo err >&2; exit 7' <<<in
    [[ ${lines[0]} == "${lines[1]}" && ${lines[2]} == in && $stderr == err ]]
    # shellcheck disable=SC2016
    run -143 in_shell "$shell" "$NOSELF" sh -c 'kill -TERM $$'
  done
}

@test "the command's own name is the one that was given" {
  for shell in "${SHELLS[@]}"; do
    run -0 in_shell "$shell" "$NOSELF" sh -c 'tr "\0" "\n" </proc/$$/cmdline'
    [[ ${lines[0]} == sh ]]
  done
}

@test "the command gets the environment as it was, odd names and line breaks included" {
  local shell
  # clean_environment CMD...: a known environment, with what noself itself uses as names in it
  clean_environment() {
    env -i PATH="$PATH" PWD="$PWD" OLDPWD=/ HOME=/ file=1 verdict=2 shim=3 dir=4 count=5 force=6 \
      name=7 status=8 chosen=9 root=10 'a.b=dots' 'x-y=two
lines and = and '\''quotes'\''' 'BASH_FUNC_f%%=() { echo f
}' "$@"
  }
  for shell in "${SHELLS[@]}"; do
    clean_environment env -0 | sort -z | tr '\0' '|' >"$BATS_TEST_TMPDIR/bare"
    # shellcheck disable=SC2086 # two words
    clean_environment $shell "$NOSELF" env -0 | sort -z |
      grep -zvE '^(LD_PRELOAD|SHLVL|_)=' | tr '\0' '|' >"$BATS_TEST_TMPDIR/wrapped"
    cmp "$BATS_TEST_TMPDIR/bare" "$BATS_TEST_TMPDIR/wrapped"
    grep -q 'x-y=two' "$BATS_TEST_TMPDIR/wrapped"
  done
}

@test "a preload that is there is kept before the shim, and the shim is named once" {
  local shim=$TREE/build/libnoself.so shell
  cc -shared -o "$BATS_TEST_TMPDIR/other.so" -x c /dev/null
  local other=$BATS_TEST_TMPDIR/other.so
  preloads() {
    # shellcheck disable=SC2016
    LD_PRELOAD=$1 run -0 --separate-stderr in_shell "$shell" "$NOSELF" sh -c 'echo "$LD_PRELOAD"'
    [[ $output == "$2" ]] || {
      echo "of '$1' became '$output', expected '$2'"
      return 1
    }
  }
  for shell in "${SHELLS[@]}"; do
    preloads '' "$shim"
    preloads "$other" "$other:$shim"
    preloads " $other  :$shim" "$other:$shim"
    preloads "$shim:$other" "$shim:$other"
    preloads "$other:/old/libnoself.so $shim" "$other:$shim"
    run -0 in_shell "$shell" "$NOSELF" dash "$NOSELF" printenv LD_PRELOAD
    [[ $output == "$shim" ]]
  done
}

@test "a command that is not there is 127, with or without a slash or a name" {
  for shell in "${SHELLS[@]}"; do
    for command in no-such-command ./no-such /no/such '' "odd'name"; do
      run -127 --separate-stderr in_shell "$shell" "$NOSELF" "$command"
      one_line noself
      [[ $stderr == *"no such command: '$command'" ]]
    done
    run -127 --separate-stderr in_shell "$shell" "$NOSELF" --force no-such-command
    one_line noself
    run -127 --separate-stderr in_shell "$shell" "$NOSELF" $'bad\e[31m\nname'
    one_line noself
    [[ $stderr != *$'\e'* ]]
  done
}

@test "a folder and a file that is not executable are 126" {
  touch "$BATS_TEST_TMPDIR/plain"
  for shell in "${SHELLS[@]}"; do
    run -126 --separate-stderr in_shell "$shell" "$NOSELF" /tmp
    one_line noself
    [[ $stderr == *"'/tmp' is a directory"* ]]
    run -126 --separate-stderr in_shell "$shell" "$NOSELF" --force "$BATS_TEST_TMPDIR/plain"
    one_line noself
    [[ $stderr == *'not executable'* ]]
  done
}

@test "PATH is searched as execvp does: past folders and what is not executable" {
  cd "$BATS_TEST_TMPDIR"
  mkdir -p one/tool two three
  touch two/tool
  printf '#!/bin/sh\necho three\n' >three/tool
  chmod +x three/tool
  for shell in "${SHELLS[@]}"; do
    PATH=$PWD/one:$PWD/two:$PWD/three:$PATH run -0 in_shell "$shell" "$NOSELF" tool
    [[ $output == three ]]
    PATH=$PATH:$PWD/one:$PWD/two run -126 --separate-stderr in_shell "$shell" "$NOSELF" tool
    one_line noself
    (cd three && PATH=$PATH: run -0 in_shell "$shell" "$NOSELF" tool && [[ $output == three ]])
    run -127 --separate-stderr in_shell "$shell" "$NOSELF" tool
  done
}

@test "a statically linked program is refused, and --force runs it as it is" {
  local probe=$BATS_TEST_TMPDIR/static
  cc -static -o "$probe" "$ROOT/tests/probes/dials.c"
  need_namespace
  for shell in "${SHELLS[@]}"; do
    run -126 --separate-stderr trap_run 50000 50000 in_shell "$shell" "$NOSELF" "$probe" 1 50000
    one_line noself
    [[ $output == '' && $stderr == *'statically linked'*'noselfctl ports PORT'*--force* ]]
    run -1 --separate-stderr trap_run 50000 50000 in_shell "$shell" "$NOSELF" --force "$probe" 1 50000
    [[ $output == *'1 reached themselves' && $stderr == '' ]]
  done
}

@test "a program linked as static-pie is refused like any static one" {
  cc -static-pie -o "$BATS_TEST_TMPDIR/static" "$ROOT/tests/probes/dials.c" 2>/dev/null ||
    lacking "no static-pie here"
  for shell in "${SHELLS[@]}"; do
    run -126 --separate-stderr in_shell "$shell" "$NOSELF" "$BATS_TEST_TMPDIR/static"
    [[ $stderr == *'statically linked'* ]]
  done
}

@test "a dynamic program with no libc, one of Go's, and a library are refused" {
  cd "$BATS_TEST_TMPDIR"
  cc -nostdlib -o nolibc -x c - <<<'void _start(void) { for (;;); }'
  cc -o go -x c - <<<'
    __attribute__((section(".note.go.buildid"), used, aligned(4))) static const struct {
      int name_size, size, type; char name[4], id[4]; } note = {4, 4, 4, "Go\0", "abc"};
    int main(void) { return 0; }'
  cc -shared -o library -x c - <<<'#include <stdlib.h>
    void f(void) { exit(0); }'
  for shell in "${SHELLS[@]}"; do
    run -126 --separate-stderr in_shell "$shell" "$NOSELF" ./nolibc
    [[ $stderr == *'no libc'* || $stderr == *'statically linked'* ]]
    run -126 --separate-stderr in_shell "$shell" "$NOSELF" ./go
    one_line noself
    [[ $stderr == *'a Go program'* ]]
    run -0 --separate-stderr in_shell "$shell" "$NOSELF" --force ./go
    run -126 --separate-stderr in_shell "$shell" "$NOSELF" ./library
    [[ $stderr == *'a shared library, not a program'* ]]
  done
}

@test "a program for another architecture is refused" {
  local probe=$BATS_TEST_TMPDIR/foreign machine='\267\000' # AArch64
  [[ $(uname -m) != aarch64 ]] || machine='\076\000'        # x86-64
  cp "$PROBES/dials" "$probe"
  # shellcheck disable=SC2059 # the two bytes of e_machine
  printf "$machine" | dd of="$probe" bs=1 seek=18 conv=notrunc status=none
  for shell in "${SHELLS[@]}"; do
    run -126 --separate-stderr in_shell "$shell" "$NOSELF" "$probe"
    one_line noself
    [[ $stderr == *'built for '*', the shim only for '* ]]
  done
}

@test "with a shim for that architecture beside it, a program of another one is covered" {
  need i686-linux-gnu-gcc
  need_namespace
  [[ -e /lib/ld-linux.so.2 ]] || lacking "no 32-bit C library to run with"
  local tree=$BATS_TEST_TMPDIR/tree
  cp -R "$TREE" "$tree"
  mkdir "$tree/build/i386"
  make -s -C "$ROOT" CC=i686-linux-gnu-gcc BUILD="$tree/build/i386" "$tree/build/i386/libnoself.so"
  i686-linux-gnu-gcc -o "$BATS_TEST_TMPDIR/dials" "$ROOT/tests/probes/dials.c"
  for shell in "${SHELLS[@]}"; do
    run -0 trap_run 50000 50000 in_shell "$shell" "$tree/scripts/cmd/noself" \
      "$BATS_TEST_TMPDIR/dials" 1 50000
    [[ $output == "1 dials, 1 refused, 0 reached themselves" ]]
    run -0 in_shell "$shell" "$tree/scripts/cmd/noself" printenv LD_PRELOAD
    [[ $output == "$tree/build/libnoself.so" ]]
  done
}

@test "set-user-ID and set-group-ID programs are refused to whom they would change" {
  need_root
  cp "$PROBES/dials" "$OPEN/suid"
  cp "$PROBES/dials" "$OPEN/sgid"
  chmod 4755 "$OPEN/suid"
  chmod 2755 "$OPEN/sgid"
  for shell in "${SHELLS[@]}"; do
    run -126 --separate-stderr as_nobody $shell "$NOSELF" "$OPEN/suid"
    one_line noself
    [[ $stderr == *'set-user-ID (uid 0)'* ]]
    run -126 --separate-stderr as_nobody $shell "$NOSELF" "$OPEN/sgid"
    [[ $stderr == *'set-group-ID (gid 0)'* ]]
    # where nothing may be gained, nothing is changed, and the loader reads LD_PRELOAD
    run -0 as_nobody --no-new-privs env NOSELF_LOG=stderr $shell "$NOSELF" "$OPEN/suid" 0 1
  done
  chown nobody "$OPEN/suid" && chmod 4755 "$OPEN/suid"
  for shell in "${SHELLS[@]}"; do
    run -126 --separate-stderr in_shell "$shell" "$NOSELF" "$OPEN/suid"
    [[ $stderr == *'set-user-ID (uid 65534)'* ]]
    run -0 as_nobody $shell "$NOSELF" "$OPEN/suid" 0 1
  done
}

@test "root's own set-user-ID program is covered when root runs it, as the kernel has it" {
  need_root
  need_namespace
  cp "$PROBES/dials" "$OPEN/own"
  chmod 4755 "$OPEN/own"
  run -1 trap_run 50000 50000 "$OPEN/own" 1 50000
  for shell in "${SHELLS[@]}"; do
    run -0 trap_run 50000 50000 in_shell "$shell" "$NOSELF" "$OPEN/own" 1 50000
    [[ $output == "1 dials, 1 refused, 0 reached themselves" ]]
  done
}

@test "a program with file capabilities is refused to ordinary users, and covered for root" {
  need_root
  need setcap getcap
  need_namespace
  cp "$PROBES/dials" "$OPEN/capable"
  setcap cap_net_bind_service=ep "$OPEN/capable" || lacking "no file capabilities here"
  # without PROGRAM CMD...: CMD where that program is not to be found
  without() {
    unshare -m sh -c 'for at in /sbin /usr/sbin /bin /usr/bin; do
        [ ! -x "$at/$0" ] || mount --bind /dev/null "$at/$0"
      done
      exec "$@"' "$@"
  }
  for shell in "${SHELLS[@]}"; do
    run -126 --separate-stderr as_nobody $shell "$NOSELF" "$OPEN/capable"
    one_line noself
    [[ $stderr == *'file capabilities'* ]]
    # getfattr can tell as well, and so can GNU tar
    run -126 --separate-stderr without getcap setpriv --reuid=65534 --clear-groups \
      $shell "$NOSELF" "$OPEN/capable"
    [[ $stderr == *'file capabilities'* ]]
    run -0 trap_run 50000 50000 in_shell "$shell" "$NOSELF" "$OPEN/capable" 1 50000
    [[ $output == "1 dials, 1 refused, 0 reached themselves" ]]
  done
}

@test "a program that may be run but not read is run, and covered" {
  need_root
  need_namespace
  cp "$PROBES/dials" "$OPEN/unreadable"
  chmod 711 "$OPEN/unreadable"
  for shell in "${SHELLS[@]}"; do
    run -0 trap_run 50000 50000 as_nobody $shell "$NOSELF" "$OPEN/unreadable" 1 50000
    [[ $output == "1 dials, 1 refused, 0 reached themselves" ]]
  done
}

@test "a script is judged by what runs it" {
  cd "$BATS_TEST_TMPDIR"
  cc -static -o static "$ROOT/tests/probes/dials.c"
  # script NAME FIRST-LINE
  script() {
    printf '%s\necho ran "$0"\n' "$2" >"$1"
    chmod +x "$1"
  }
  script plain '#!/bin/sh'
  script spaced '#!  /bin/sh   -e '
  script none ''
  script via-env '#!/usr/bin/env sh'
  script via-env-s '#!/usr/bin/env -S -u HOME A=1 sh -e'
  script nested "#!$PWD/plain"
  script on-static "#!$PWD/static"
  script emptied '#!/usr/bin/env -S -i sh'
  script emptied-too '#!/usr/bin/env -iS sh'
  script unset '#!/usr/bin/env -S -u LD_PRELOAD sh'
  script loop "#!$PWD/loop"
  script lost '#!/no/such/shell'
  script lost-env '#!/usr/bin/env no-such-shell'
  script windows $'#!/bin/sh\r'
  script nameless '#!'
  printf '\0\1\2' >binary
  chmod +x binary
  for shell in "${SHELLS[@]}"; do
    for name in plain spaced none via-env via-env-s; do
      run -0 --separate-stderr in_shell "$shell" "$NOSELF" "./$name"
      [[ $output == "ran ./$name" && $stderr == '' ]]
    done
    run -0 in_shell "$shell" "$NOSELF" ./nested
    [[ $output == "ran $PWD/plain" ]]
    for name in on-static emptied emptied-too unset; do
      run -126 --separate-stderr in_shell "$shell" "$NOSELF" "./$name"
      one_line noself
      [[ $stderr == *"'./$name': it is a script, run by"* ]]
    done
    run -126 --separate-stderr in_shell "$shell" "$NOSELF" ./loop
    [[ $stderr == *'scripts without end'* ]]
    for name in lost lost-env windows; do
      run -127 --separate-stderr in_shell "$shell" "$NOSELF" "./$name"
      one_line noself
      [[ $stderr == *'interpreter is not there'* ]]
    done
    run -126 --separate-stderr in_shell "$shell" "$NOSELF" ./nameless
    one_line noself
    run -126 --separate-stderr in_shell "$shell" "$NOSELF" ./binary
    [[ $stderr == *'neither an ELF program'* ]]
  done
}

@test "a file cut off in the middle of its headers is refused, not guessed at" {
  local size
  for shell in "${SHELLS[@]}"; do
    for size in 4 20 63 64 100; do
      head -c "$size" "$PROBES/dials" >"$BATS_TEST_TMPDIR/cut"
      chmod +x "$BATS_TEST_TMPDIR/cut"
      run -126 --separate-stderr in_shell "$shell" "$NOSELF" "$BATS_TEST_TMPDIR/cut"
      one_line noself
    done
  done
}

@test "without a shim noself says where it looked and exits with 125" {
  local tree=$BATS_TEST_TMPDIR/tree
  cp -R "$TREE" "$tree"
  rm "$tree/build/libnoself.so"
  for shell in "${SHELLS[@]}"; do
    run -125 --separate-stderr in_shell "$shell" "$tree/scripts/cmd/noself" true
    [[ $stderr == "noself: no shim at $tree/build/libnoself.so: run 'make' first; nothing done" ]]
  done
}

@test "a path that LD_PRELOAD cannot express is refused" {
  local odd
  for odd in 'a b' 'a:b' "a\$b"; do
    cp -R "$TREE" "$BATS_TEST_TMPDIR/$odd"
    for shell in "${SHELLS[@]}"; do
      run -125 --separate-stderr in_shell "$shell" "$BATS_TEST_TMPDIR/$odd/scripts/cmd/noself" true
      one_line noself
      [[ $stderr == *'cannot express'* ]]
    done
  done
}

@test "installed and moved, and called through a link, noself finds its shim" {
  make -s -C "$ROOT" install DESTDIR="$BATS_TEST_TMPDIR/stage" PREFIX=/opt/noself >/dev/null
  mv "$BATS_TEST_TMPDIR/stage/opt/noself" "$BATS_TEST_TMPDIR/moved"
  cp "$SHIM" "$BATS_TEST_TMPDIR/moved/lib/libnoself.so"
  ln -s "$BATS_TEST_TMPDIR/moved/bin/noself" "$BATS_TEST_TMPDIR/link"
  for shell in "${SHELLS[@]}"; do
    for command in "$BATS_TEST_TMPDIR/moved/bin/noself" "$BATS_TEST_TMPDIR/link"; do
      run -0 in_shell "$shell" "$command" printenv LD_PRELOAD
      [[ $output == "$BATS_TEST_TMPDIR/moved/lib/libnoself.so" ]]
    done
  done
}

@test "installed for two architectures where the loader looks, the shim goes by its bare name" {
  (
    # shellcheck source=/dev/null
    . "$ROOT/scripts/cmd/preload.sh"
    shims() {
      printf '%s\n' /usr/lib/x86_64-linux-gnu/libnoself.so /usr/lib/i386-linux-gnu/libnoself.so
    }
    machine_of() { case $1 in */i386*) machine=01:01:0300 ;; *) machine=02:01:3e00 ;; esac }
    find_shim 01:01:0300
    [[ $shim == libnoself.so && $shim_file == /usr/lib/i386-linux-gnu/libnoself.so ]]
    find_shim 02:01:3e00
    [[ $shim == libnoself.so && $shim_file == /usr/lib/x86_64-linux-gnu/libnoself.so ]]
  )
}
