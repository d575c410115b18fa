#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# One file for every process of an architecture: its imports, its hardening, both compilers; glibc, musl,
# no libc, and a libc without dlsym(); five architectures, and process trees of two.
# qemu-user 7.2 has neither IP_LOCAL_PORT_RANGE nor IP_BIND_ADDRESS_NO_PORT, so it shows how the library
# does without these.

# shellcheck disable=SC2030,SC2031 # each test is a subshell, and sets TESTED for itself
load lib/helpers

# Each architecture's first version of glibc.
declare -gA BASELINE=([x86_64]=2.2.5 [i386]=2.0 [aarch64]=2.17 [armhf]=2.4 [riscv64]=2.27)

REFUSED='returned=ECONNREFUSED result=ECONNREFUSED port=50000 self=no'

# asks_for_little FILE ARCH: compares the file's exports and imports with shim/preload/*.list (there,
# architectures after a name mean that only these have it), and the symbol versions with the first.
asks_for_little() {
  local -x LC_ALL=C
  local version=GLIBC_${BASELINE[$2]} undefined
  undefined=$(nm -D --undefined-only "$1" | awk '{ print $1, $2 }')
  listed() {
    awk -v arch="$2" 'NF == 1 || $0 ~ " " arch { print $1 }' "$ROOT/shim/preload/$1.list"
  }
  diff <(listed exports "$2") <(nm -D --defined-only "$1" | awk '{ print $3 }' | sort) &&
    diff <(listed imports "$2" | sed "s/$/@$version/") <(sort -k 2 <<<"$undefined" | cut -c3-) &&
    grep -qx "w dlsym@$version" <<<"$undefined" &&
    diff <(echo libc.so.6) <(readelf -dW "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
}

# is_hardened FILE ARCH: what readelf prints matches the patterns with "yes" and not those with "no". CET
# and BTI catch manipulated jumps; 32-bit x86 and others have nothing like that.
is_hardened() {
  local elf expected pattern found
  elf=$(readelf -ldnW "$1")
  while read -r expected pattern; do
    found=yes
    grep -qE "$pattern" <<<"$elf" || found=no
    echo "$1: '$pattern' found: $found"
    [[ $found == "$expected" || $pattern == feature* && $2 != @(x86_64|aarch64) ]] || return
  done <<'END'
yes GNU_RELRO
yes BIND_NOW
yes Flags: NOW
yes GNU_STACK .* RW
no LOAD .* RWE
no TEXTREL
yes NOOPEN
no R(UN)?PATH
no ^ *TLS
yes feature: (IBT, SHSTK|BTI, PAC)
END
}

# caught_and_refused WRAPPER...: runs every way to dial through WRAPPER, without the library and with
# it. The functions below are such wrappers.
caught_and_refused() {
  local way
  for way in {'',-n,-t,-f,-s,-g,-G,-m,'-b 127.0.0.1 -p 0','-b 127.0.0.1 -p 50000'}' 127.0.0.1' \
    ::1 ::ffff:127.0.0.1 0.0.0.0 ::; do
    # shellcheck disable=SC2086 # several words
    run -1 trap_run 50000 50000 "$@" "" $way 50000
    [[ $output == *" self=yes" && ${#lines[@]} == 1 ]]
    # shellcheck disable=SC2086
    run -0 trap_run 50000 50000 "$@" "$TESTED" $way 50000
    [[ $output == *"result="@(ECONNREFUSED|"Connection refused")*" self=no" && ${#lines[@]} == 1 ]]
  done
}

# here PROGRAM TESTED ARG...: runs PROGRAM natively, with the library TESTED, which may be empty.
here() {
  env LD_PRELOAD="$2" "$1" "${@:3}"
}

# emulated ARCH TRIPLET PROGRAM TESTED ARG...: the same under qemu-user.
emulated() {
  timeout 60 "qemu-$1" -L "/usr/$2" ${4:+-E LD_PRELOAD="$4"} "$3" "${@:5}"
}
export -f here emulated

# built_for ARCH TRIPLET [PROBE]: builds library and probes for it, and checks the file.
built_for() {
  need "$2-gcc" nm readelf
  [[ $1 != i386 || -e /lib/ld-linux.so.2 ]] || lacking "libc6-i386 is not installed"
  TESTED=$BUILD/$1/libnoself.so
  tool make -s -C "$ROOT" arch ARCH="$1"
  tool make -s -C "$ROOT" CC="$2-gcc" BUILD="build/$1" "build/$1/tests/"{dial,ports}
  asks_for_little "$TESTED" "$1"
  is_hardened "$TESTED" "$1"
}

@test "the file exports and imports only the listed names, and is hardened in every way" {
  need nm readelf
  asks_for_little "$LIBRARY" "$(uname -m)"
  is_hardened "$LIBRARY" "$(uname -m)"
  # The file that make builds is stripped, and small.
  [[ -z ${NOSELF_LIB-} ]] || return 0
  run -0 readelf -SW "$LIBRARY"
  [[ $output != *.symtab* && $output != *.debug* ]]
  (($(stat -c %s "$LIBRARY") <= 32768))
}

# builds CC VARIABLE=VALUE...: make builds with them a working file, which is `built`, without a warning.
builds() {
  need "$1" nm readelf
  need_namespace
  built=$(mktemp -d -p "$BATS_TEST_TMPDIR")/libnoself.so
  run -0 tool make -s -C "$ROOT" CC="$1" BUILD="${built%/*}" "${@:2}" "$built"
  [[ $output == '' ]]
  is_hardened "$built" "$(uname -m)"
  run -0 trap_run 50000 50000 here "$PROBES/dial" "$built" 127.0.0.1 50000
  [[ $output == "$REFUSED" ]]
}

@test "gcc and clang build a working file without a warning, from -O0 to -O3, with a distribution's flags" {
  local distribution=(CPPFLAGS='-Wdate-time -D_FORTIFY_SOURCE=2' LDFLAGS='-Wl,-z,relro'
    CFLAGS='-g -O2 -fstack-protector-all -fstack-clash-protection') level
  builds gcc "${distribution[@]}"
  asks_for_little "$built" "$(uname -m)"
  builds clang CFLAGS='-O0 -Werror'
  [[ ${NOSELF_FULL:-0} == 1 ]] || return 0
  builds clang "${distribution[@]}"
  asks_for_little "$built" "$(uname -m)"
  for level in -O0 -O1 -O2 -O3 -Os '-O2 -g -flto'; do
    builds gcc CFLAGS="$level -Werror"
    builds clang CFLAGS="$level -Werror"
  done
}

@test "a musl client connects to itself, and is refused with the files built for glibc and for musl" {
  need musl-gcc
  need_namespace
  tool make -s -C "$ROOT" CC=musl-gcc BUILD=build/musl build/musl/libnoself.so
  # musl has no strerrorname_np().
  tool musl-gcc -O2 -Dstrerrorname_np=strerror -o "$BATS_TEST_TMPDIR/dial" \
    "$ROOT/tests/probes/dial.c"
  run -0 readelf -lW "$BATS_TEST_TMPDIR/dial"
  [[ $output == *"interpreter: /lib/ld-musl-"* ]]
  for TESTED in "$LIBRARY" "$BUILD/musl/libnoself.so"; do
    caught_and_refused here "$BATS_TEST_TMPDIR/dial"
  done
}

@test "if libc has no dlsym(), the library makes the system calls itself and covers every call" {
  need_namespace
  TESTED=$BATS_TEST_TMPDIR/libnoself.so
  # Like a program without libdl under a glibc before 2.34: one changed letter makes the weak symbol
  # a name that no library has. The rest of the file is unchanged.
  LC_ALL=C sed 's/\x00dlsym\x00/\x00dlsyM\x00/' "$LIBRARY" >"$TESTED"
  run -0 nm -D --undefined-only "$TESTED"
  [[ $output == *" w dlsyM@"* && $output != *dlsym* ]]
  caught_and_refused here "$PROBES/dial"
}

@test "a program without a C library runs with the library as it does without it" {
  [[ $(uname -m) == x86_64 ]] || lacking "its system calls are those of x86_64"
  local program=$BATS_TEST_TMPDIR/nolibc
  # shellcheck disable=SC2016 # the assembler's
  # It makes system calls itself, so the library cannot cover it and must not disturb it.
  tool "${CC:-cc}" -O2 -nostdlib -fPIE -pie -Wl,--dynamic-linker=/lib64/ld-linux-x86-64.so.2 \
    -o "$program" -x c - <<<'void _start(void) { __asm__("mov $60, %eax; mov $7, %edi; syscall"); }'
  run -0 readelf -ldW "$program"
  [[ $output == *"interpreter: /lib64/"* && $output != *NEEDED* ]]
  run -7 "$program"
  run -7 preloaded env NOSELF_LOG=stderr "$program"
  [[ -z $output ]]
  run -7 env LD_DEBUG=files LD_PRELOAD="$LIBRARY" "$program"
  [[ $output == *"calling init: $LIBRARY"* ]]
}

@test "i386: the file imports only listed names, refuses self-connections, logs, retries and defers ports" {
  need_namespace
  built_for i386 i686-linux-gnu
  caught_and_refused here "$BUILD/i386/tests/dial"
  run -0 trap_run 50000 50001 env LD_PRELOAD="$TESTED" NOSELF_LOG="$BATS_TEST_TMPDIR/log" \
    "$BUILD/i386/tests/dial" -R 127.0.0.1 50000
  [[ $output == "returned=ECONNREFUSED result=ECONNREFUSED range=0-0 port=50001 self=no" ]]
  grep -q "^$(date -u +%Y)-.*Z noself.* action=retried tries=1 result=ECONNREFUSED\$" \
    "$BATS_TEST_TMPDIR/log"
  run -0 trap_run 50000 50009 env LD_PRELOAD="$TESTED" "$BUILD/i386/tests/ports" 54 6 40000
  [[ $output == "54 of 54 dials "* ]]
}

@test "aarch64, and in a full run armhf and riscv64: the file imports only listed names, and covers its clients" {
  need_namespace
  covers() {
    need "qemu-$3"
    built_for "$1" "$2"
    caught_and_refused emulated "$3" "$2" "$BUILD/$1/tests/dial"
  }
  covers aarch64 aarch64-linux-gnu aarch64
  [[ ${NOSELF_FULL:-0} == 1 ]] || return 0
  covers armhf arm-linux-gnueabihf arm
  covers riscv64 riscv64-linux-gnu riscv64
}

# mixed PRELOAD [PATH]: a 64-bit and a 32-bit program dial with PRELOAD.
mixed() {
  local -x LD_PRELOAD=$1 LD_LIBRARY_PATH=${2-}
  "$BUILD/i386/tests/dial" 127.0.0.1 50000
  "$PROBES/dial" 127.0.0.1 50000
}

# as_installed DIRECTORY...: makes the directories known to the loader as ldconfig does, but in this
# mount namespace; then dials with the name without a path.
as_installed() {
  /sbin/ldconfig -X -C "$BATS_TEST_TMPDIR/cache" "$@"
  mount --bind "$BATS_TEST_TMPDIR/cache" /etc/ld.so.cache
  mixed libnoself.so
}
export -f mixed as_installed

@test "64-bit and 32-bit processes: one path gives loader errors, \$LIB and a name without a path do not" {
  [[ $(uname -m) == x86_64 ]] || lacking "the two architectures here are x86_64 and i386"
  need_namespace
  built_for i386 i686-linux-gnu
  run trap_run 50000 50000 mixed "$LIBRARY"
  [[ $output == *"wrong ELF class: ELFCLASS64"* && $output == *"self=yes"* ]]

  # The values of $LIB in the loaders of Debian's libc6 and libc6-i386.
  local dir=$BATS_TEST_TMPDIR/prefix
  install -D "$LIBRARY" "$dir/lib/x86_64-linux-gnu/libnoself.so"
  install -D "$BUILD/i386/libnoself.so" "$dir/lib32/libnoself.so"
  # shellcheck disable=SC2016 # $LIB is the loader's
  run -0 trap_run 50000 50000 mixed "$dir"'/$LIB/libnoself.so'
  [[ $output == "$REFUSED"$'\n'"$REFUSED" ]]
  run -0 trap_run 50000 50000 mixed libnoself.so "$dir/lib32:$dir/lib/x86_64-linux-gnu"
  [[ $output == "$REFUSED"$'\n'"$REFUSED" ]]
  run -0 trap_run 50000 50000 unshare -m bash -c 'as_installed "$@"' - \
    "$dir/lib/x86_64-linux-gnu" "$dir/lib32"
  [[ $output == "$REFUSED"$'\n'"$REFUSED" ]]
}
