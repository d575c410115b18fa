#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# One file for every process of an architecture: its imports; glibc, musl, no libc, and a libc without
# dlsym(); five architectures, and process trees of two.
#
# The three architectures under qemu-user have no IP_LOCAL_PORT_RANGE and no IP_BIND_ADDRESS_NO_PORT
# (qemu 7.2 gives ENOPROTOOPT for both), so they also test the library without these options.

# shellcheck disable=SC2030,SC2031 # each test is a subshell, and sets TESTED for itself
load lib/helpers

# Each architecture's first version of glibc.
baseline() {
  case $1 in
    x86_64) echo GLIBC_2.2.5 ;;
    i386) echo GLIBC_2.0 ;;
    aarch64) echo GLIBC_2.17 ;;
    armhf) echo GLIBC_2.4 ;;
    riscv64) echo GLIBC_2.27 ;;
    *) echo "no baseline is known for $1" >&2 && return 1 ;;
  esac
}

# asks_for_little FILE ARCH: compares the file's exports and imports with shim/preload/*.list (there,
# architectures after a name mean that only these have it), and the symbol versions with the first.
asks_for_little() {
  local file=$1 arch=$2 version
  local -x LC_ALL=C
  version=$(baseline "$arch") || return 1
  nm -D --undefined-only "$file" | awk '{ print $1, $2 }' >"$BATS_TEST_TMPDIR/undefined"
  diff <(awk -v arch="$arch" 'NF == 1 || $0 ~ " " arch { print $1 }' "$ROOT/shim/preload/exports.list") \
    <(nm -D --defined-only "$file" | awk '{ print $3 }' | sort) || return 1
  diff <(awk -v arch="$arch" 'NF == 1 || $0 ~ " " arch { print $1 "@" v }' v="$version" \
    "$ROOT/shim/preload/imports.list") <(awk '{ print $2 }' "$BATS_TEST_TMPDIR/undefined" | sort) || return 1
  grep -qx "w dlsym@$version" "$BATS_TEST_TMPDIR/undefined" || return 1
  diff <(echo libc.so.6) <(readelf -dW "$file" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
}

# caught_and_refused WRAPPER...: runs every way to dial through WRAPPER, without the library and with
# it. The functions below are such wrappers.
caught_and_refused() {
  local way
  for way in "" -n -t -f -s -g -G -m "-b 127.0.0.1 -p 0" "-b 127.0.0.1 -p 50000"; do
    way_is_guarded "$way" 127.0.0.1 "$@" || return 1
  done
  for way in ::1 ::ffff:127.0.0.1 0.0.0.0 ::; do
    way_is_guarded "" "$way" "$@" || return 1
  done
}

way_is_guarded() {
  local options address=$2 baseline guarded
  read -ra options <<<"$1"
  shift 2
  baseline=$(trap_run 50000 50000 "$@" "" "${options[@]}" "$address" 50000 2>&1)
  guarded=$(trap_run 50000 50000 "$@" "$TESTED" "${options[@]}" "$address" 50000 2>&1)
  [[ $baseline == *" self=yes" && $baseline != *$'\n'* &&
    $guarded == *"result="@(ECONNREFUSED|"Connection refused")*" self=no" &&
    $guarded != *$'\n'* ]] || {
    printf '%s %s\nbaseline: %s\npreloaded: %s\n' "${options[*]}" "$address" "$baseline" "$guarded"
    return 1
  }
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

# built_for ARCH TRIPLET: builds library and client for it, and checks the file.
built_for() {
  need "$2-gcc" nm readelf
  TESTED=$BUILD/$1/libnoself.so
  tool make -s -C "$ROOT" CC="$2-gcc" BUILD="build/$1" "build/$1/libnoself.so" "build/$1/tests/dial"
  asks_for_little "$TESTED" "$1"
}

@test "the file exports only the listed names, and imports only the listed ones from libc.so.6" {
  need nm readelf
  asks_for_little "$LIBRARY" "$(uname -m)"
}

@test "a distribution's compiler flags add no imports" {
  need clang nm readelf
  local cc file=$BATS_TEST_TMPDIR/build/libnoself.so
  for cc in cc clang; do
    tool make -s -C "$ROOT" CC=$cc BUILD="${file%/*}" CPPFLAGS='-Wdate-time -D_FORTIFY_SOURCE=2' \
      CFLAGS='-g -O2 -fstack-protector-all -fstack-clash-protection' LDFLAGS='-Wl,-z,relro' "$file"
    asks_for_little "$file" "$(uname -m)"
    rm -r "${file%/*}"
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
  [[ -e /lib/ld-linux.so.2 ]] || lacking "libc6-i386 is not installed"
  built_for i386 i686-linux-gnu
  caught_and_refused here "$BUILD/i386/tests/dial"
  run -0 trap_run 50000 50001 env LD_PRELOAD="$TESTED" NOSELF_LOG="$BATS_TEST_TMPDIR/log" \
    "$BUILD/i386/tests/dial" -R 127.0.0.1 50000
  [[ $output == "returned=ECONNREFUSED result=ECONNREFUSED range=0-0 port=50001 self=no" ]]
  grep -q "^$(date -u +%Y)-.*Z noself.* action=retried tries=1 result=ECONNREFUSED\$" \
    "$BATS_TEST_TMPDIR/log"
  tool make -s -C "$ROOT" CC=i686-linux-gnu-gcc BUILD=build/i386 build/i386/tests/ports
  run -0 trap_run 50000 50009 env LD_PRELOAD="$TESTED" "$BUILD/i386/tests/ports" 54 6 40000
  [[ $output == "54 of 54 dials "* ]]
}

# guarded_on ARCH TRIPLET QEMU: the file imports only listed names and covers its clients.
guarded_on() {
  need "qemu-$3"
  need_namespace
  built_for "$1" "$2"
  caught_and_refused emulated "$3" "$2" "$BUILD/$1/tests/dial"
}

@test "aarch64, armhf, riscv64: the file imports only listed names, and covers its clients" {
  guarded_on aarch64 aarch64-linux-gnu aarch64
  guarded_on armhf arm-linux-gnueabihf arm
  guarded_on riscv64 riscv64-linux-gnu riscv64
}

# mixed PRELOAD [PATH]: a 64-bit and a 32-bit program dial with PRELOAD.
mixed() {
  local -x LD_PRELOAD=$1 LD_LIBRARY_PATH=${2-}
  "$BUILD/i386/tests/dial" 127.0.0.1 50000
  "$PROBES/dial" 127.0.0.1 50000
}

# as_installed DIRECTORY...: makes the directories known to the loader as ldconfig does, but in a
# mount namespace of this process and its children; then dials with the name without a path.
as_installed() {
  /sbin/ldconfig -X -C "$BATS_TEST_TMPDIR/cache" "$@"
  mount --bind "$BATS_TEST_TMPDIR/cache" /etc/ld.so.cache
  mixed libnoself.so
}
export -f mixed as_installed

@test "64-bit and 32-bit processes: one path gives loader errors, \$LIB and a name without a path do not" {
  [[ $(uname -m) == x86_64 ]] || lacking "the two architectures here are x86_64 and i386"
  [[ -e /lib/ld-linux.so.2 ]] || lacking "libc6-i386 is not installed"
  need_namespace
  built_for i386 i686-linux-gnu
  local dir=$BATS_TEST_TMPDIR/prefix refused
  refused=$'returned=ECONNREFUSED result=ECONNREFUSED port=50000 self=no\n'
  refused=$refused${refused%$'\n'}

  run trap_run 50000 50000 mixed "$LIBRARY"
  [[ $output == *"wrong ELF class: ELFCLASS64"* && $output == *"self=yes"* ]]

  # The values of $LIB in the loaders of Debian's libc6 and libc6-i386.
  mkdir -p "$dir/lib/x86_64-linux-gnu" "$dir/lib32"
  cp "$LIBRARY" "$dir/lib/x86_64-linux-gnu/libnoself.so"
  cp "$BUILD/i386/libnoself.so" "$dir/lib32/libnoself.so"
  # shellcheck disable=SC2016 # $LIB is the loader's
  run -0 trap_run 50000 50000 mixed "$dir"'/$LIB/libnoself.so'
  [[ $output == "$refused" ]]

  run -0 trap_run 50000 50000 mixed libnoself.so "$dir/lib32:$dir/lib/x86_64-linux-gnu"
  [[ $output == "$refused" ]]

  run -0 trap_run 50000 50000 unshare -m bash -c 'as_installed "$@"' - \
    "$dir/lib/x86_64-linux-gnu" "$dir/lib32"
  [[ $output == "$refused" ]]
}

@test "with gcc's AddressSanitizer its runtime must be named first; clang's needs nothing" {
  need gcc clang
  need_namespace
  local refused="returned=ECONNREFUSED result=ECONNREFUSED port=50000 self=no"
  gcc -fsanitize=address -o "$BATS_TEST_TMPDIR/gcc" "$ROOT/tests/probes/dial.c"
  clang -fsanitize=address -o "$BATS_TEST_TMPDIR/clang" "$ROOT/tests/probes/dial.c"
  run -1 trap_run 50000 50000 env LD_PRELOAD="$LIBRARY" "$BATS_TEST_TMPDIR/gcc" 127.0.0.1 50000
  [[ $output == *"ASan runtime does not come first"* ]]
  run -0 trap_run 50000 50000 env LD_PRELOAD="$(gcc -print-file-name=libasan.so) $LIBRARY" \
    "$BATS_TEST_TMPDIR/gcc" 127.0.0.1 50000
  [[ $output == "$refused" ]]
  run -0 trap_run 50000 50000 env LD_PRELOAD="$LIBRARY" "$BATS_TEST_TMPDIR/clang" 127.0.0.1 50000
  [[ $output == "$refused" ]]
}
