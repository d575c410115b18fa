#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The command noself: what it passes to the command, what it refuses, and its messages.
# shellcheck disable=SC2016,SC2030,SC2031,SC2086,SC2153,SC2154 # other shells expand what is quoted
# here; bats runs each test in a subshell, and sets variables; words are to be split

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

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  # A directory that this user may not enter would change the messages.
  PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
  LIBRARY=$TREE/build/libnoself.so
}

# protected CMD...: CMD dials the only ephemeral port and is refused.
protected() {
  run -0 trap_run 50000 50000 "$@" -q 127.0.0.1 50000
  [[ $output == "1 dials, 1 refused, 0 reached themselves" ]]
}

# prints WORDS CMD...: CMD, which may begin with VARIABLE=VALUE, prints exactly WORDS and succeeds.
prints() {
  run -0 --separate-stderr env "${@:2}"
  [[ $output == "$1" && $stderr == '' ]]
}

# refusals [AS_USER]: for each line STATUS|WORDS|MESSAGE of stdin, noself WORDS exits with STATUS
# and prints one line that matches MESSAGE. AS_USER is as_nobody or the like.
refusals() {
  local code words what arguments=()
  while IFS='|' read -r code words what; do
    eval "arguments=($words)"
    refused "$code" "$what" "$@" "$NOSELF" "${arguments[@]}" </dev/null
  done
}

# script FILE LINE...: creates a script.
script() {
  printf '%s\n' "${@:2}" >"$1"
  chmod +x "$1"
}

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
  # given MODE CMD...: runs CMD with names that no shell can hold, and with variables that noself
  # replaces.
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
  # LD_PRELOAD before and after; L stands for the library's path. noself says nothing about files
  # that do not exist.
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
}

@test "noself works in a root with only itself, the program and the library" {
  need_root
  need_namespace
  mkdir -p root/opt
  cp "$BUILD/noself" "$LIBRARY" "$PROBES/dial" root/opt
  # A dynamic program needs its loader and C library too.
  ldd "$PROBES/dial" | grep -o '/[^ ]*' | xargs -I{} cp --parents {} root
  protected chroot root /opt/noself /opt/dial
  # Without PATH, and with an empty one.
  prints '' -i "$NOSELF" true
  prints '' PATH= "$NOSELF" /bin/true
}

@test "each option sets its variable, in every form that options have" {
  local short long variable value words
  while read -r short long variable value; do
    for words in "-$short $value" "-$short$value" "--$long $value" "--$long=$value"; do
      prints "NOSELF_$variable=$value" "$NOSELF" --print-settings $words
    done
  done <<END
m mode MODE observe
r retries RETRIES 16
e errno ERRNO 133
p pinned PINNED allow
b bind-no-port BIND_NO_PORT 0
l log LOG /no/such/a=b'c
END
}

@test "the last one of two equal options counts, and -- ends the options" {
  NOSELF_LOG=stderr NOSELF_DISABLE=1 run -0 "$NOSELF" -mfail -r 2 --mode=observe -e5 -pallow -b0 -loff \
    -- sh -c 'echo "$NOSELF_MODE $NOSELF_RETRIES $NOSELF_ERRNO $NOSELF_LOG $NOSELF_DISABLE $*"' \
    -- -m 'two  words' ''
  [[ $output == 'observe 2 5 off 1 -m two  words ' ]]
}

@test "a wrong call is refused with 125 before anything runs" {
  local words
  for words in '' '--' '--check' '--print-settings true'; do
    run -125 --separate-stderr "$NOSELF" $words
    [[ $output == '' && $stderr == 'usage: noself [OPTION...] [--] COMMAND [ARG...]'* ]]
  done
  ln -s target link
  refusals <<'END'
125|--nonsense touch ran|option --nonsense: there is no such option; see noself --help; nothing done
125|-x touch ran|option -x: there is no such option
125|--mode=fail -vfm touch ran|option -f: there is no such option
125|--force=1 touch ran|option --force=1: it takes no value
125|-m|option -m: it needs a value
125|--retries|option --retries: it needs a value
125|-mRetry touch ran|option -m: expected retry|fail|observe, got 'Retry'; nothing done
125|--retries=17 touch ran|option -r: expected 1..16, got '17'
125|-e '' touch ran|option -e: expected NAME|1..133, got ''
125|-l $'/a\nb' touch ran|option -l: expected off|stderr|/PATH, got '/a?b'
125|--print-settings -b true|option -b: expected 0|1, got 'true'
125|-l /tmp touch ran|option -l: cannot write to '/tmp' (Is a directory); nothing done
125|-l "$PWD/none/log" touch ran|option -l: cannot write to '*/none/log' (No such file or directory)
125|-l "$PWD/link" touch ran|option -l: cannot write to '*/link' (a symbolic link)
END
  [[ ! -e ran && ! -e target ]]
}

@test "a log file that this user may not write is refused, and noself creates none" {
  # The command may run as another user.
  prints '' "$NOSELF" -l "$PWD/log" true
  [[ ! -e log ]]
  need_root
  mkdir "$OPEN/logs"
  refusals as_nobody <<<'125|-l "$OPEN/logs/log" true|Permission denied'
}

@test "without memory noself says so and exits with 125" {
  run -125 bash -c '"$@" 2>said' - prlimit --data=600000 "$NOSELF" -r "$(printf %0120000d 1)" true
  diff said - <<<'noself: memory: there is none left; nothing done'
}

@test "--help and --version go to stdout" {
  for option in -h --help -mfail\ -h -h\ -x; do
    run -0 --separate-stderr "$NOSELF" $option nosuch
    [[ $output == usage:*'-m, --mode=retry|'*--force*--version*125* && $stderr == '' ]]
  done
  prints "noself $(<"$ROOT/shim/version")" "$NOSELF" -V
  refused 125 'standard output: cannot be written' sh -c '"$1" --help >/dev/full' - "$NOSELF"
}

@test "-v prints in a line how the command is covered, and with which settings" {
  NOSELF_RETRIES=5 NOSELF_ERRNO=nonsense run -0 --separate-stderr "$NOSELF" -v -m fail sh -c :
  [[ ${stderr_lines[0]} == "noself: 'sh': covered by '$LIBRARY'; mode=fail retries=5 \
errno=ECONNREFUSED pinned=fail bind-no-port=1 log=off" ]]
  NOSELF_DISABLE=1 refused 0 'not covered, for NOSELF_DISABLE is 1' "$NOSELF" -v true
  need_supervisor
  refusals <<END
1|-v -m observe --force "$OPEN/printenv" UNSET|not covered (statically linked, and mode observe
1|-v "$OPEN/printenv" UNSET|covered by the supervisor (statically linked)
0|-v -s true|covered by '$LIBRARY' and the supervisor
END
}

@test "a command that does not exist gives 127, one that may not be run 126" {
  mkdir -p one/tool "$OPEN/closed"
  touch plain
  PATH=$PATH:$PWD/one refusals <<'END'
127|no-such-command|'no-such-command': no such command; check the name and PATH
127|./no-such|'./no-such': no such command; check the path
127|''|'': no such command; check the
127|"odd'name"|'odd'name': no such command; check the
127|"$NOSELF/x"|noself/x': no such command; check the path
127|--force $'bad\e[31m\nname'|'bad?\[31m?name'
126|/tmp|'/tmp': a directory; name a program
126|tool|'tool': a directory
126|--force ./plain|'./plain': not executable; chmod +x it
END
  script busy true
  # Some kernels run it.
  ./busy 9>>busy || refused 126 "'./busy': cannot be run (Text file busy); nothing done" "$NOSELF" ./busy 9>>busy
  need_root
  cp "$(type -P true)" "$OPEN/closed/tool"
  chmod 700 "$OPEN/closed"
  refusals as_nobody <<END
126|$OPEN/closed/tool|perhaps '$OPEN/closed/tool', in a directory that this user may not enter; ask for
END
  PATH=$OPEN/closed:$PATH refusals as_nobody <<<"126|tool|perhaps '$OPEN/closed/tool'"
  PATH=$OPEN/closed:$PATH run -0 as_nobody "$NOSELF" true
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

@test "programs that the library does not reach are covered by the supervisor, or refused" {
  need_supervisor
  cc -nostdlib -Wl,--dynamic-linker="$(ldd /bin/true | grep -o '/[^ ]*ld-[^ ]*')" \
    -pie -o nolibc -x c - <<<'void _start(void) { for (;;); }'
  cc -o go -x c - <<<'
    __attribute__((section(".note.go.buildid"), used, aligned(4))) static const struct {
      int name_size, size, type; char name[4], id[4]; } note = {4, 4, 4, "Go\0", "abc"};
    int main(void) { return 0; }'
  script on-static "#!$OPEN/printenv"
  cp "$OPEN/printenv" ldap.so
  prints "$OPEN/printenv: supervisor
./ldap.so: supervisor
./nolibc: supervisor
./go: supervisor
./on-static: supervisor (script, run by $OPEN/printenv)" \
    "$NOSELF" --check "$OPEN/printenv" ./ldap.so ./nolibc ./go ./on-static
  refusals <<END
126|-m observe $OPEN/printenv|: statically linked, and mode observe cannot be supervised; use
126|-m observe ./nolibc|: linked with no libc, and mode observe
126|-m observe ./go|: a Go program, which makes its own system calls, and mode observe
126|-m observe ./on-static|: run by '$OPEN/printenv', which is statically linked, and mode observe
126|-m observe env -u A B=1 ./go|: run by './go', which is a Go program
126|-s -m observe true|mode observe cannot be supervised
END
  prints '' "$NOSELF" -m observe --force ./go
  prints 1 NOSELF_DISABLE=1 "$NOSELF" -m observe "$OPEN/printenv" NOSELF_DISABLE
}

@test "a file that is neither a program nor a script for this system is refused" {
  local loader
  printf '\0\1\2' >binary
  head -c 63 "$PROBES/dial" >damaged
  cp "$LIBRARY" library.so
  # The loader of another C library.
  loader=$(grep -ao '/lib[^[:cntrl:]]*ld-[^[:cntrl:]]*' "$PROBES/dial" | head -n 1)
  sed "s|$loader|${loader%?}X|" "$PROBES/dial" >lost
  chmod +x binary damaged library.so lost
  script nameless '#!'
  script loop "#!$PWD/loop"
  script lost-script '#!/no/such/shell'
  script lost-env '#!/usr/bin/env no-such-shell'
  script windows $'#!/bin/sh\r'
  refusals <<END
126|./binary|neither a program for Linux nor a script; name a program
126|./damaged|neither a program
126|./library.so|a shared library, not a program
126|./nameless|a script that names no interpreter
126|./loop|run by '$PWD/loop', which is a script, and so on without end
127|./lost|built for the loader '${loader%?}X', which does not exist
127|./lost-script|./lost-script': run by '/no/such/shell', which does not exist; install it
127|./lost-env|run by 'no-such-shell', which does not exist; install it
127|./windows|run by '/bin/sh?', which does not exist; its lines end in CR LF
END
}

@test "a script is covered as its interpreter is" {
  local line
  for line in '' '#!  /bin/sh   -e ' '#!/usr/bin/env -S -u HOME A=1 sh -e'; do
    script $'a name\nand more' "$line" 'echo ran "$0" "$@"'
    prints $'ran ./a name\nand more b  c' "$NOSELF" $'./a name\nand more' 'b  c'
  done
  # The kernel follows five interpreters.
  script 1 '#!/bin/sh' 'echo ran "$0"'
  for line in {2..6}; do
    script "$line" "#!$PWD/$((line - 1))"
  done
  prints "ran $PWD/1" "$NOSELF" ./5
  run -126 ./6
  refused 126 'and so on without end' "$NOSELF" ./6
}

@test "a dynamic loader and noself itself pass LD_PRELOAD on to the program in their arguments" {
  local loader
  loader=$(ldd /bin/true | grep -o '/[^ ]*ld-[^ ]*')
  cp "$loader" ld.so
  for loader in "$loader" ./ld.so; do
    prints "$LIBRARY" "$NOSELF" -m observe "$loader" "$(command -v printenv)" LD_PRELOAD
  done
  prints "$LIBRARY" "$NOSELF" "$NOSELF" printenv LD_PRELOAD
}

@test "a command that clears the environment is refused, with the call that has noself after it" {
  local words instead
  mkdir bin
  for words in sudo doas su runuser; do
    script "bin/$words" '#!/bin/sh' 'printenv LD_PRELOAD'
  done
  script emptied '#!/usr/bin/env -S -u LD_PRELOAD sh'
  PATH=$PWD/bin:$PATH
  while IFS='|' read -r words instead; do
    refused 126 "; put noself behind it: $instead COMMAND*--force runs it" "$NOSELF" $words printenv
  done <<'END'
sudo -u x|sudo noself
doas|doas noself
bin/su -|su -c 'noself
runuser -u x|runuser -u USER -- noself
env -i|env -i noself
env -|env -i noself
/usr/bin/env -0vi|env -i noself
env --ignore-environment|env -i noself
env -u LD_PRELOAD|env -i noself
env -C / --unset=LD_PRELOAD|env -i noself
env A=1 LD_PRELOAD=/x.so|env -i noself
env -SA=1 B= C= D= E= F= G= H= I= LD_PRELOAD=|env -i noself
env -iS|env -i noself
./emptied|env -i noself
setpriv --nnp --reset-env|setpriv --reset-env noself
END
  prints "$LIBRARY" "$NOSELF" --force sudo
  for words in env 'env -u HOME -- A=1' 'setpriv --nnp' 'env -S -uHOME'; do
    prints "$LIBRARY" "$NOSELF" $words printenv LD_PRELOAD
  done
  # A call that env refuses is left to it, and what it finds elsewhere is not judged.
  diff <(env -Z 2>&1) <("$NOSELF" env -Z 2>&1)
  mkdir other
  script other/tool '#!/bin/sh' 'printenv LD_PRELOAD'
  prints "$LIBRARY" "$NOSELF" env -C other ./tool
  prints "$LIBRARY" "$NOSELF" env PATH="$PWD/other:$PATH" tool
  # The supervisor covers what it starts.
  need_supervisor
  need_namespace
  prints 'sudo: supervisor' "$NOSELF" -s --check sudo
  protected "$NOSELF" -s env -i "$PROBES/dial"
}

@test "programs that change the caller's user, group or capabilities are refused" {
  need_root
  need_namespace
  need setcap
  local file words dial=(-q 127.0.0.1 1)
  install -m 4755 "$PROBES/dial" "$OPEN/suid"
  install -m 2755 "$PROBES/dial" "$OPEN/sgid"
  install -m 4755 -o nobody "$PROBES/dial" "$OPEN/own"
  cp "$PROBES/dial" "$OPEN/capable"
  setcap cap_net_bind_service=ep "$OPEN/capable" || lacking "no file capabilities here"
  while read -r file words; do
    refused 126 "'$OPEN/$file': $words, so the loader ignores LD_PRELOAD; run noself as *, or use" \
      as_nobody "$NOSELF" "$OPEN/$file" "${dial[@]}"
    # For root nothing changes, and with no_new_privs nothing may change.
    run -0 "$NOSELF" "$OPEN/$file" "${dial[@]}"
    run -0 as_nobody --no-new-privs "$NOSELF" "$OPEN/$file" "${dial[@]}"
  done <<'END'
suid set-user-ID
sgid set-group-ID
capable given file capabilities
END
  # On a file system that is mounted nosuid these bits have no effect.
  run -0 unshare -m bash -c 'mount --bind "$OPEN" "$OPEN" && mount -o remount,bind,nosuid "$OPEN" &&
    as_nobody "$@"' - "$NOSELF" "$OPEN/suid" "${dial[@]}"
  refused 126 'set-user-ID' "$NOSELF" "$OPEN/own" "${dial[@]}"
  run -0 as_nobody "$NOSELF" "$OPEN/own" "${dial[@]}"
  need_supervisor
  protected "$NOSELF" -s "$OPEN/own"
  refused 126 'set-user-ID' as_nobody "$NOSELF" -s "$OPEN/suid" "${dial[@]}"
  refused 126 'started by a set-user-ID program' setpriv --ruid=65534 "$NOSELF" true
  protected "$NOSELF" "$OPEN/suid"
  # One that may be run but not read.
  chmod 711 "$OPEN/suid"
  protected as_nobody "$NOSELF" "$OPEN/suid"
  run -0 as_nobody "$NOSELF" --check "$OPEN/suid"
  [[ $output == *': preload (it cannot be read, so this is a guess)' ]]
}

@test "--check prints how each file would be covered, and exits with 1 if one cannot" {
  # Its dynamic strings lie in a segment of their own.
  cc -rdynamic -no-pie -Wl,--section-start=.dynstr=0x900000 -o uring -x c - <<<'
    int io_uring_setup(void) { return 0; }
    int main(void) { return io_uring_setup(); }'
  script text echo
  prints 'sh: preload
./text: preload (script, run by /bin/sh)
./uring: preload (it can use io_uring, whose connections the library does not see)
'"$NOSELF: preload (for the command that it runs)" "$NOSELF" --check sh ./text ./uring "$NOSELF"
  run -1 --separate-stderr "$NOSELF" --force --check nosuch /bin/sh $'./a\tb' "$LIBRARY"
  [[ $output == 'nosuch: cannot be covered: no such command; check the name and PATH
/bin/sh: preload
./a?b: cannot be covered: no such command; check the path
'"$LIBRARY: cannot be covered: a shared library, not a program; name a program or a script" ]]
  [[ $stderr == '' ]]
}

@test "a program for another architecture needs a library for that architecture" {
  local name=AArch64 machine='\267\000'
  [[ $(uname -m) != aarch64 ]] || name=x86-64 machine='\076\000'
  cp "$PROBES/dial" foreign
  # shellcheck disable=SC2059 # the two bytes of e_machine
  printf "$machine" | dd of=foreign bs=1 seek=18 conv=notrunc status=none
  refused 126 "built for $name, the library only for [!a(]*; install the library for that too" \
    "$NOSELF" ./foreign

  need i686-linux-gnu-gcc
  i686-linux-gnu-gcc -o dial "$ROOT/tests/probes/dial.c"
  need_supervisor
  prints './dial: supervisor' "$NOSELF" --check ./dial
  [[ -e /lib/ld-linux.so.2 ]] || lacking "no 32-bit C library to run with"
  # Any library for i386 will do; portable.bats has the real one.
  cp -R "$TREE/build" tree
  mkdir tree/i386
  i686-linux-gnu-gcc -shared -o tree/i386/libnoself.so -x c /dev/null
  run -0 --separate-stderr tree/noself -v ./dial -q 127.0.0.1 1
  [[ $stderr == "noself: './dial': covered by '$PWD/tree/i386/libnoself.so'; mode=retry "* ]]
  prints "$PWD/tree/libnoself.so" tree/noself printenv LD_PRELOAD

  # Where the loaders of both look, the library goes by its name without a path, so that what the
  # command starts may be of either.
  need_root
  mkdir -p root/usr/lib/{x86_64,i386}-linux-gnu root/usr/bin
  cp "$NOSELF" "$OPEN/printenv" root/usr/bin
  cp tree/libnoself.so root/usr/lib/x86_64-linux-gnu
  prints /usr/lib/x86_64-linux-gnu/libnoself.so \
    chroot root /usr/bin/noself --force /usr/bin/printenv LD_PRELOAD
  cp tree/i386/libnoself.so root/usr/lib/i386-linux-gnu
  prints libnoself.so chroot root /usr/bin/noself --force /usr/bin/printenv LD_PRELOAD
  mkdir root/opt
  mv root/usr root/opt
  prints /opt/usr/lib/x86_64-linux-gnu/libnoself.so \
    chroot root /opt/usr/bin/noself --force /opt/usr/bin/printenv LD_PRELOAD
  mv root/opt/usr/* root
  prints libnoself.so chroot root /bin/noself --force /bin/printenv LD_PRELOAD
}

@test "without a library, or with one that LD_PRELOAD cannot name, noself exits with 125" {
  local odd
  mkdir alone
  cp "$NOSELF" alone
  # An empty file is no library.
  touch alone/libnoself.so
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

@test "noself finds its library in ../lib, and when called through a link" {
  mkdir bin lib
  cp "$NOSELF" bin
  cp "$LIBRARY" lib
  ln -s "$PWD/bin/noself" link
  prints "$PWD/lib/libnoself.so" bin/noself printenv LD_PRELOAD
  prints "$PWD/lib/libnoself.so" ./link printenv LD_PRELOAD
}
