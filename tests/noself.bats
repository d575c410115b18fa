#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The command noself: what it passes to the command, what it refuses, and its messages.
# shellcheck disable=SC2016,SC2030,SC2031,SC2153,SC2154 # other shells expand what is quoted here;
# bats runs each test in a subshell, and sets variables

load lib/helpers
load lib/commands

setup_file() {
  make_tree
  # A static program, because the loader would report such an LD_PRELOAD as an error.
  cc -static -o "$OPEN/printenv" -x c - <<<'#include <stdio.h>
    #include <stdlib.h>
    int main(int count, char **words) {
      return count != 2 || !getenv(words[1]) || puts(getenv(words[1])) < 0; }'
}

teardown_file() {
  remove_tree
}

# need_supervisor: skips the test if the kernel does not allow a supervisor.
need_supervisor() {
  [[ $("$NOSELF" --check "$OPEN/printenv") == *': supervisor' ]] || lacking "no supervisor here"
}

# protected CMD...: CMD dials the only ephemeral port and is refused.
protected() {
  run -0 trap_run 50000 50000 "$@" -q 127.0.0.1 50000
  [[ $output == "1 dials, 1 refused, 0 reached themselves" ]]
}

# prints WORDS CMD...: CMD, which may begin with VARIABLE=VALUE, prints exactly WORDS and succeeds.
prints() {
  run -0 --separate-stderr env "${@:2}"
  [[ $output == "$1" && $stderr == '' ]] || {
    echo "expected '$1', got: $output$stderr"
    return 1
  }
}

# refusals STATUS: for each line WORDS|MESSAGE of stdin, noself WORDS exits with STATUS and MESSAGE.
refusals() {
  local words what arguments=()
  while IFS='|' read -r words what; do
    eval "arguments=($words)"
    refused "$1" "$what" "$NOSELF" "${arguments[@]}" </dev/null
  done
}

# script FILE LINE...: creates a script.
script() {
  printf '%s\n' "${@:2}" >"$1"
  chmod +x "$1"
}

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  # A directory that this user may not enter changes the messages: only one test wants that.
  local directory entered=''
  while IFS= read -rd : directory; do
    [[ ! -x $directory ]] || entered+=:$directory
  done <<<"$PATH:"
  PATH=${entered#:}
  LIBRARY=$TREE/build/libnoself.so
}

@test "a client that connects to itself is refused under noself" {
  need_namespace
  run -1 trap_run 50000 50000 "$PROBES/dial" -q 127.0.0.1 50000
  [[ $output == "1 dials, 0 refused, 1 reached themselves" ]]
  protected "$NOSELF" "$PROBES/dial"
}

# --- what the command is given ---

@test "noself executes only the command: two execve, no fork" {
  need strace
  run -0 strace -f -qq -e trace=%process -o trace "$NOSELF" /bin/true
  run -0 grep -c '\bexecve(' trace
  [[ $output == 2 ]]
  run -1 grep -E '\b(v?fork|clone3?)\(' trace
}

@test "pid, standard streams, exit status and name are the command's own" {
  run -7 --separate-stderr sh -c 'echo $$; exec "$@"' - "$NOSELF" \
    sh -c 'echo $$; tr "\0" " " </proc/$$/cmdline | cut -d " " -f 1; cat; echo err >&2; exit 7' <<<in
  [[ ${lines[0]} == "${lines[1]}" && ${lines[2]} == sh && ${lines[3]} == in && $stderr == err ]]
  run -143 "$NOSELF" sh -c 'kill -TERM $$'
}

@test "the environment reaches the command byte for byte, and in its order" {
  # given CMD...: runs CMD with names that no shell can hold, and with variables that noself replaces.
  given() {
    env -i 'a.b=dots' LD_PRELOAD="$LIBRARY" 'BASH_FUNC_f%%=() { echo f
}' "NOSELF_MODE=$1" 'empty=' $'bytes=\x01\xff\n' "${@:2}"
  }
  given observe "$NOSELF" /usr/bin/env -0 >kept
  given observe /usr/bin/env -0 | cmp - kept
  given observe "$NOSELF" -m retry /usr/bin/env -0 >changed
  given retry /usr/bin/env -0 | cmp - changed
}

@test "the command's LD_PRELOAD keeps what it names, with the library once and last" {
  local from to
  # LD_PRELOAD before and after; L stands for the library's path.
  while IFS='|' read -r from to; do
    prints "${to//L/$LIBRARY}" LD_PRELOAD="${from//L/$LIBRARY}" \
      "$NOSELF" --force "$OPEN/printenv" LD_PRELOAD
  done <<'END'
|L
/a.so|/a.so:L
 /a.so  :/b.so|/a.so:/b.so:L
L:/a.so|L:/a.so
/a.so:/old/libnoself.so L|/a.so:L
END
  prints "$LIBRARY" "$NOSELF" "$NOSELF" printenv LD_PRELOAD
}

@test "noself keeps an entry of LD_PRELOAD whose file does not exist" {
  LD_PRELOAD=/no/such.so run -0 --separate-stderr "$NOSELF" --version
  [[ $stderr == '' ]]
  LD_PRELOAD=/no/such.so run -0 --separate-stderr "$NOSELF" /bin/true
  [[ ${#stderr_lines[@]} == 1 ]]
}

@test "noself works in a root with only itself, the program and the library" {
  need_root
  need_namespace
  mkdir -p root/opt
  cp "$BUILD/noself" "$LIBRARY" "$OPEN/printenv" "$PROBES/dial" root/opt
  prints /opt/libnoself.so -i "$(type -P chroot)" root /opt/noself --force /opt/printenv LD_PRELOAD
  # A dynamic program needs its loader and C library too.
  ldd "$PROBES/dial" | grep -o '/[^ ]*' | xargs -I{} cp --parents {} root
  protected chroot root /opt/noself /opt/dial
  # Without PATH, and with an empty one.
  prints '' -i "$NOSELF" true
  prints '' PATH= "$NOSELF" /bin/true
}

# --- options ---

@test "each option sets its variable, in every form that options have" {
  local short long variable value
  while read -r short long variable value; do
    prints "$value" "$NOSELF" "-$short" "$value" printenv "NOSELF_$variable"
    prints "$value" "$NOSELF" "-$short$value" printenv "NOSELF_$variable"
    prints "$value" "$NOSELF" "--$long" "$value" printenv "NOSELF_$variable"
    prints "$value" "$NOSELF" "--$long=$value" printenv "NOSELF_$variable"
  done <<END
m mode MODE observe
r retries RETRIES 16
e errno ERRNO EADDRNOTAVAIL
e errno ERRNO 133
p pinned PINNED allow
b bind-no-port BIND_NO_PORT 0
l log LOG $PWD/a=b'c
l log LOG stderr
END
}

@test "the last one of two equal options counts, and -- ends the options" {
  NOSELF_LOG=off NOSELF_DISABLE=1 run -0 "$NOSELF" -mfail -r 2 --mode=observe -- sh -c \
    'echo "$NOSELF_MODE $NOSELF_RETRIES ${NOSELF_ERRNO-unset} $NOSELF_LOG $NOSELF_DISABLE $*"' \
    -- -m 'two  words' ''
  [[ $output == 'observe 2 unset off 1 -m two  words ' ]]
}

@test "an invalid value is refused before anything runs" {
  local value
  for value in -m -mRetry '-mretry ' -r -r0 -r17 -r03 -r+3 -e134 -eeconnrefused '-eEPERM ENOENT' \
    -pyes -btrue -llog.txt; do
    refused 125 "option ${value:0:2}: expected *, got '${value:2}'; nothing done" \
      "$NOSELF" "${value:0:2}" "${value:2}" touch ran
  done
  refused 125 "got '/a?b'" "$NOSELF" -l $'/a\nb' touch ran
  [[ ! -e ran ]]
}

@test "a log file that cannot be written is refused before anything runs" {
  local path
  ln -s target link
  mkdir "$OPEN/logs"
  for path in /tmp "$PWD/none/log" "$PWD/link" "$NOSELF/log"; do
    refused 125 "option -l: cannot write to '$path' (*); nothing done" \
      "$NOSELF" -l "$path" touch ran
  done
  [[ $EUID != 0 ]] ||
    refused 125 'Permission denied' as_nobody "$NOSELF" -l "$OPEN/logs/log" touch ran
  [[ ! -e ran && ! -e target ]]
  # noself does not create a file: the command may run as another user.
  prints '' "$NOSELF" -l "$PWD/log" true
  [[ ! -e log ]]
}

@test "noself called wrongly says how to call it and exits with 125" {
  local word
  for word in '' '--' '--check' '--print-settings true'; do
    # shellcheck disable=SC2086 # to be split
    run -125 --separate-stderr "$NOSELF" $word
    [[ $output == '' && $stderr == 'usage: noself [OPTION...] [--] COMMAND [ARG...]'* ]]
  done
  refusals 125 <<'END'
--nonsense true|option --nonsense: there is no such option
-x true|option -x: there is no such option
--mode=fail -vfm true|option -f: there is no such option
--force=1 true|option --force=1: it takes no value
-m|option -m: it needs a value
--retries|option --retries: it needs a value
--print-settings -r 17|option -r: expected
END
}

@test "--help and --version go to stdout, and --help shows each setting in one form" {
  for option in -h --help -mfail\ -h; do
    # shellcheck disable=SC2086 # to be split
    run -0 --separate-stderr "$NOSELF" $option nosuch
    [[ $output == usage:*--force*--version*125* && $stderr == '' ]]
  done
  run -0 sed -n 's/^  -\([a-z]\), --\([a-z-]*\)=\([^ ]*\)$/\1 \2 \3/p' <<<"$output"
  [[ ${#lines[@]} == 6 && ${lines[0]} == 'm mode retry|fail|observe' ]]
  prints "noself $(<"$ROOT/shim/version")" "$NOSELF" -V
  refused 125 'standard output: cannot be written' sh -c '"$1" --help >/dev/full' - "$NOSELF"
}

@test "--print-settings runs nothing and prints the variables that the options set" {
  prints $'NOSELF_MODE=observe\nNOSELF_LOG=/no/such' \
    NOSELF_RETRIES=5 "$NOSELF" --print-settings -l /no/such -m fail --mode=observe
}

@test "-v prints in a line how the command is covered, and with which settings" {
  NOSELF_RETRIES=5 NOSELF_ERRNO=nonsense run -0 --separate-stderr "$NOSELF" -v -m fail sh -c :
  [[ ${stderr_lines[0]} == "noself: 'sh': covered by '$LIBRARY'; mode=fail retries=5 \
errno=ECONNREFUSED pinned=fail bind-no-port=1 log=off" ]]
  NOSELF_DISABLE=1 refused 0 'not covered, for NOSELF_DISABLE is 1' "$NOSELF" -v true
  refused 1 'not covered (statically linked, and ' "$NOSELF" -v -m observe --force "$OPEN/printenv" UNSET
  need_supervisor
  refused 1 'covered by the supervisor (statically linked)' "$NOSELF" -v "$OPEN/printenv" UNSET
  refused 0 "covered by '$LIBRARY' and the supervisor" "$NOSELF" -v -s true
}

# --- where the command is ---

@test "a command that does not exist gives 127" {
  refusals 127 <<'END'
no-such-command|'no-such-command': no such command; check the name and PATH
./no-such|'./no-such': no such command; check the path
''|'': no such command; check the
"odd'name"|'odd'name': no such command; check the
"$NOSELF/x"|noself/x': no such command; check the path
--force $'bad\e[31m\nname'|'bad?\[31m?name'
END
}

@test "a command that exists but may not be run gives 126" {
  mkdir -p "$OPEN/closed" one/tool
  touch plain
  cp "$(type -P true)" "$OPEN/closed/tool"
  chmod 700 "$OPEN/closed"
  refused 126 "'/tmp': a directory" "$NOSELF" /tmp
  refused 126 "'./plain': not executable" "$NOSELF" --force ./plain
  PATH=$PATH:$PWD/one refused 126 "'tool': a directory" "$NOSELF" tool
  if [[ $EUID == 0 ]]; then
    refused 126 "perhaps '$OPEN/closed/tool', in a directory that this user may not enter" \
      as_nobody "$NOSELF" "$OPEN/closed/tool"
    PATH=$OPEN/closed:$PATH refused 126 "perhaps '$OPEN/closed/tool'" as_nobody "$NOSELF" tool
    PATH=$OPEN/closed:$PATH run -0 as_nobody "$NOSELF" true
  fi
}

@test "PATH is searched as by execvp(): directories and files that are not executable are skipped" {
  mkdir -p one/tool two three
  touch two/tool
  script three/tool '#!/bin/sh' 'echo three "$0"'
  prints "three $PWD/three/tool" PATH="$PWD/one:$PWD/two:$PWD/three:$PATH" "$NOSELF" tool
  cd three
  prints 'three ./tool' PATH="$PATH:" "$NOSELF" tool
  refused 127 'no such command' "$NOSELF" tool
}

# --- what the library does not reach ---

@test "programs that the library does not reach are covered by the supervisor, or refused" {
  need_supervisor
  cc -static-pie -o pie "$ROOT/tests/probes/dial.c" 2>/dev/null || cp "$OPEN/printenv" pie
  cc -nostdlib -Wl,--dynamic-linker="$(ldd /bin/true | grep -o '/[^ ]*ld-[^ ]*')" \
    -pie -o nolibc -x c - <<<'void _start(void) { for (;;); }'
  cc -o go -x c - <<<'
    __attribute__((section(".note.go.buildid"), used, aligned(4))) static const struct {
      int name_size, size, type; char name[4], id[4]; } note = {4, 4, 4, "Go\0", "abc"};
    int main(void) { return 0; }'
  local file words
  while read -r file words; do
    prints "$file: supervisor" "$NOSELF" --check "$file"
    refused 126 "'$file': $words, and mode observe cannot be supervised; use" \
      "$NOSELF" -m observe "$file"
  done <<END
$OPEN/printenv statically linked
./pie statically linked
./nolibc linked with no libc
./go a Go program, which makes its own system calls
END
  prints '' "$NOSELF" -m observe --force ./go
  refused 126 'mode observe cannot be supervised' "$NOSELF" -s -m observe true
  run -1 --separate-stderr "$NOSELF" -m observe --check "$OPEN/printenv"
  [[ $output == "$OPEN/printenv: cannot be covered: statically linked, and mode observe "*'; use '* ]]
}

@test "-s covers by the supervisor programs for which the library is refused" {
  need_supervisor
  need_namespace
  mkdir bin
  script bin/sudo '#!/bin/sh' 'exec env -i "$@"'
  cc -static -o dial "$ROOT/tests/probes/dial.c"
  PATH=$PWD/bin:$PATH protected "$NOSELF" -s sudo "$PWD/dial"
  prints 'sudo: supervisor' PATH="$PWD/bin:$PATH" "$NOSELF" -s --check sudo
}

@test "a file that is not a program is refused" {
  printf '\0\1\2' >binary
  cc -shared -o library -x c - <<<'#include <stdlib.h>
    void f(void) { exit(0); }'
  chmod +x binary library
  refused 126 'neither a program for Linux nor a script' "$NOSELF" ./binary
  refused 126 'a shared library, not a program' "$NOSELF" ./library
  # cut off in the middle of its headers
  local size
  for size in 4 20 63 64 100; do
    head -c "$size" "$PROBES/dial" >./cut
    chmod +x cut
    refused 126 'neither a program' "$NOSELF" ./cut
  done
  # the loader of another C library
  cp "$PROBES/dial" lost
  local loader
  loader=$(grep -ao '/lib[^[:cntrl:]]*ld-[^[:cntrl:]]*' lost | head -n 1)
  sed -i "s|$loader|${loader%?}X|" lost
  refused 127 "built for the loader '${loader%?}X', which does not exist" "$NOSELF" ./lost
}

@test "a dynamic loader and noself itself pass LD_PRELOAD on to the program in their arguments" {
  local loader
  loader=$(ldd /bin/true | grep -o '/[^ ]*ld-[^ ]*')
  prints "$LIBRARY" "$NOSELF" "$loader" "$(command -v printenv)" LD_PRELOAD
  prints "$loader: preload (for the command that it runs)
$NOSELF: preload (for the command that it runs)" "$NOSELF" --check "$loader" "$NOSELF"
}

@test "a command that clears the environment is refused, with the call that has noself after it" {
  local words instead
  mkdir bin
  for words in sudo doas su runuser; do
    script "bin/$words" '#!/bin/sh' 'printenv LD_PRELOAD'
  done
  while IFS='|' read -r words instead; do
    # shellcheck disable=SC2086 # to be split
    PATH=$PWD/bin:$PATH refused 126 "put noself behind it: $instead (--force" \
      "$NOSELF" $words printenv LD_PRELOAD
  done <<'END'
sudo -u x|sudo noself COMMAND
doas|doas noself COMMAND
bin/su -|su -c 'noself COMMAND' USER
runuser -u x|runuser -u USER -- noself COMMAND
env -i|env -i noself COMMAND
env -|env -i noself COMMAND
/usr/bin/env -0vi|env -i noself COMMAND
env --ignore-environment|env -i noself COMMAND
env -u LD_PRELOAD|env -i noself COMMAND
env -C / --unset=LD_PRELOAD|env -i noself COMMAND
env A=1 LD_PRELOAD=|env -i noself COMMAND
env -iS|env -i noself COMMAND
setpriv --nnp --reset-env|setpriv --reset-env noself COMMAND
END
  prints "$LIBRARY" PATH="$PWD/bin:$PATH" "$NOSELF" --force sudo
  for words in env 'env -u HOME -- A=1' 'setpriv --nnp' 'env -S -uHOME'; do
    # shellcheck disable=SC2086 # to be split
    prints "$LIBRARY" "$NOSELF" $words printenv LD_PRELOAD
  done
}

@test "a script is covered as its interpreter is" {
  local line
  for line in '#!/bin/sh' '#!  /bin/sh   -e ' '' '#!/usr/bin/env sh' \
    '#!/usr/bin/env -S -u HOME A=1 sh -e'; do
    script $'a name\nand more' "$line" 'echo ran "$0"'
    prints $'ran ./a name\nand more' "$NOSELF" $'./a name\nand more'
  done
  script plain '#!/bin/sh' 'echo ran "$0"'
  script nested "#!$PWD/plain"
  prints "ran $PWD/plain" "$NOSELF" ./nested

  script on-static "#!$OPEN/printenv"
  script emptied '#!/usr/bin/env -S -i sh'
  script unset '#!/usr/bin/env -S -u LD_PRELOAD sh'
  script nameless '#!'
  script loop "#!$PWD/loop"
  script lost '#!/no/such/shell'
  script lost-env '#!/usr/bin/env no-such-shell'
  script windows $'#!/bin/sh\r'
  refusals 126 <<END
-m observe ./on-static|run by '$OPEN/printenv', which is statically linked, and mode observe
./emptied|run by '/usr/bin/env', which is a command that clears the environment
./unset|run by '/usr/bin/env', which is a command that clears the environment
./nameless|a script that names no interpreter
./loop|run by '$PWD/loop', which is a script, and so on without end
END
  refusals 127 <<'END'
./lost|run by '/no/such/shell', which does not exist; install it
./lost-env|run by 'no-such-shell', which does not exist; install it
./windows|run by '/bin/sh?', which does not exist; its lines end in CR LF
END
}

@test "programs that change the caller's user, group or capabilities are refused" {
  need_root
  need setcap
  local file
  for file in suid sgid capable own; do
    cp "$PROBES/dial" "$OPEN/$file"
  done
  chmod 4755 "$OPEN/suid"
  chmod 2755 "$OPEN/sgid"
  setcap cap_net_bind_service=ep "$OPEN/capable" || lacking "no file capabilities here"
  while read -r file words; do
    refused 126 "'$OPEN/$file': $words, so the loader ignores LD_PRELOAD; run noself as *, or use" \
      as_nobody "$NOSELF" "$OPEN/$file" -qc 0 127.0.0.1 1
    # For root nothing changes, ...
    run -0 "$NOSELF" "$OPEN/$file" -qc 0 127.0.0.1 1
    # ... and with no_new_privs nothing may change.
    run -0 as_nobody --no-new-privs "$NOSELF" "$OPEN/$file" -qc 0 127.0.0.1 1
  done <<'END'
suid set-user-ID
sgid set-group-ID
capable given file capabilities
END
  chown nobody "$OPEN/own" && chmod 4755 "$OPEN/own"
  refused 126 'set-user-ID' "$NOSELF" "$OPEN/own" -qc 0 127.0.0.1 1
  run -0 as_nobody "$NOSELF" "$OPEN/own" -qc 0 127.0.0.1 1
  refused 126 'started by a set-user-ID program' setpriv --ruid=65534 "$NOSELF" true
  need_namespace
  protected "$NOSELF" "$OPEN/suid"
}

@test "a program that may be run but not read is run and covered" {
  need_root
  need_namespace
  cp "$PROBES/dial" "$OPEN/unreadable"
  chmod 711 "$OPEN/unreadable"
  protected as_nobody "$NOSELF" "$OPEN/unreadable"
}

@test "--check prints how each file would be covered, and exits with 1 if one cannot" {
  cc -rdynamic -o uring -x c - <<<'int io_uring_setup(void) { return 0; }
    int main(void) { return io_uring_setup(); }'
  script text echo
  prints 'sh: preload
./text: preload (script, run by /bin/sh)
./uring: preload (it can use io_uring, whose connections the library does not see)' \
    "$NOSELF" --check sh ./text ./uring
  run -1 --separate-stderr "$NOSELF" --check nosuch /bin/sh $'./a\tb'
  [[ $output == 'nosuch: cannot be covered: no such command; check the name and PATH
/bin/sh: preload
./a?b: cannot be covered: no such command; check the path' && $stderr == '' ]]
}

# --- which library ---

@test "a program for another architecture needs a library for that architecture" {
  local machine='\267\000' # AArch64
  [[ $(uname -m) != aarch64 ]] || machine='\076\000' # x86-64
  cp "$PROBES/dial" foreign
  # shellcheck disable=SC2059 # the two bytes of e_machine
  printf "$machine" | dd of=foreign bs=1 seek=18 conv=notrunc status=none
  refused 126 'built for *, the library only for *; install the library for that too' \
    "$NOSELF" ./foreign

  need i686-linux-gnu-gcc
  i686-linux-gnu-gcc -o dial "$ROOT/tests/probes/dial.c"
  need_supervisor
  prints './dial: supervisor' "$NOSELF" --check ./dial
  need_namespace
  [[ -e /lib/ld-linux.so.2 ]] || lacking "no 32-bit C library to run with"
  cp -R "$TREE/build" tree
  make -s -C "$ROOT" CC=i686-linux-gnu-gcc BUILD="$PWD/tree/i386" "$PWD/tree/i386/libnoself.so"
  protected tree/noself ./dial
  prints "$PWD/tree/libnoself.so" tree/noself printenv LD_PRELOAD

  # Where the loaders of both look, the library goes by its name without a path, so that what the command
  # starts may be of either.
  need_root
  mkdir -p root/usr/lib/{x86_64,i386}-linux-gnu root/usr/bin
  make -s -C "$ROOT" install DESTDIR="$PWD/staged" PREFIX=/usr >/dev/null
  cp staged/usr/bin/noself "$OPEN/printenv" root/usr/bin
  cp tree/libnoself.so root/usr/lib/x86_64-linux-gnu
  prints /usr/lib/x86_64-linux-gnu/libnoself.so \
    chroot root /usr/bin/noself --force /usr/bin/printenv LD_PRELOAD
  cp tree/i386/libnoself.so root/usr/lib/i386-linux-gnu
  prints libnoself.so chroot root /usr/bin/noself --force /usr/bin/printenv LD_PRELOAD
}

@test "without a library, or with one that LD_PRELOAD cannot name, noself exits with 125" {
  local odd
  mkdir alone
  cp "$NOSELF" alone
  if [[ ! -e /usr/local/lib/libnoself.so ]]; then
    refused 125 "no libnoself.so in '*', nor beside noself; run 'make', or install it" \
      alone/noself true
    need_supervisor
    run -0 alone/noself -s true
  fi
  for odd in 'a b' 'a:b' "a\$b"; do
    cp -R "$TREE/build" "$odd"
    refused 125 "LD_PRELOAD cannot hold the path of the library, '$PWD/$odd/libnoself.so'" \
      "$odd/noself" true
  done
}

@test "noself finds its library when installed, moved, or called through a link" {
  make -s -C "$ROOT" install DESTDIR="$PWD/stage" PREFIX=/opt/noself >/dev/null
  mv stage/opt/noself moved
  cp "$LIBRARY" moved/lib/libnoself.so
  ln -s "$PWD/moved/bin/noself" link
  prints "$PWD/moved/lib/libnoself.so" moved/bin/noself printenv LD_PRELOAD
  prints "$PWD/moved/lib/libnoself.so" ./link printenv LD_PRELOAD
}

# --- completion: what --help names ---

# completed WORD...: prints bash's completions of the last word.
completed() {
  # shellcheck source=/dev/null
  . "$ROOT/scripts/completions/noself.bash"
  COMP_WORDS=("$@")
  COMP_CWORD=$(($# - 1))
  COMPREPLY=()
  _noself
  echo "${COMPREPLY[*]}"
}

@test "bash completes options, values, commands and files" {
  PATH=$TREE/build:$PATH
  touch program
  [[ $(completed noself --mo) == --mode ]]
  [[ $(completed noself --che) == --check ]]
  [[ $(completed noself -m '') == 'retry fail observe' ]]
  [[ $(completed noself --mode = o) == observe ]]
  [[ $(completed noself --mode =) == 'retry fail observe' ]]
  [[ $(completed noself -l p) == program ]]
  [[ $(completed noself -m fail unshar) == *unshare* ]]
  [[ $(completed noself -- unshar) == *unshare* ]]
  [[ $(completed noself --check prog) == program ]]
}

@test "zsh completes the options in --help, then a command" {
  need zsh
  mkdir functions
  cp "$ROOT/scripts/completions/noself.zsh" functions/_noself
  PATH=$TREE/build:$PATH run -0 timeout 60 zsh -f "$ROOT/tests/lib/complete.zsh" "$PWD/functions" \
    'noself --mod' 'noself -m ob' 'noself -l std' 'noself --che' 'noself -m fail unshar'
  [[ $output == 'noself --mode=
noself -m observe
noself -l stderr
noself --check
noself -m fail unshare' ]]
}

@test "fish completes the options in --help, then a command" {
  need fish
  offered() {
    PATH=$TREE/build:$PATH HOME=$PWD fish --no-config -c 'source $argv[1]; complete -C $argv[2]' \
      "$ROOT/scripts/completions/noself.fish" "$1" | cut -f 1
  }
  [[ $(offered 'noself --mo') == --mode ]]
  [[ $(offered 'noself -m ') == $'fail\nobserve\nretry' ]]
  [[ $(offered 'noself -m fail unshar') == *unshare* ]]
}
