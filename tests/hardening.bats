#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The built file: it does not weaken the process that loads it, and both compilers build it.

load lib/helpers
# shellcheck disable=SC2030,SC2031 # each test is a subshell with an output of its own

# is_hardened FILE: prints what is not as it should be.
is_hardened() {
  local segments dynamic wrong=0
  segments=$(readelf -lW "$1") dynamic=$(readelf -dW "$1")
  complain() {
    echo "$*" && wrong=1
  }
  [[ $segments == *GNU_RELRO* ]] || complain "no RELRO"
  [[ $dynamic == *BIND_NOW* && $dynamic == *"Flags: NOW"* ]] || complain "RELRO is partial"
  [[ $segments =~ GNU_STACK[^$'\n']*" RW  " ]] || complain "the stack is executable, or not said"
  [[ $segments =~ LOAD[^$'\n']*" RWE" ]] && complain "a segment is both writable and executable"
  [[ $dynamic == *TEXTREL* ]] && complain "text relocations"
  [[ $dynamic == *NOOPEN* ]] || complain "dlopen() is not refused"
  [[ $dynamic == *RPATH* || $dynamic == *RUNPATH* ]] && complain "a search path of its own"
  [[ $segments == *" TLS "* ]] && complain "thread-local storage"
  ((!wrong)) || printf '%s\n' "$segments" "$dynamic"
  return "$wrong"
}

# is_protected FILE: whether the file is marked for CET or BTI, which catch manipulated jumps. There
# is nothing like that for 32-bit x86.
is_protected() {
  local notes
  notes=$(readelf -nW "$1" 2>&1)
  case $(readelf -h "$1") in
    *X86-64*) [[ $notes == *"x86 feature: IBT, SHSTK"* ]] ;;
    *AArch64*) [[ $notes == *"AArch64 feature: BTI, PAC"* ]] ;;
    *) lacking "no such protection is known for this architecture" ;;
  esac || {
    echo "$notes"
    return 1
  }
}

# guards FILE: a self-connection with this library is refused.
guards() {
  run -0 trap_run 50000 50000 env LD_PRELOAD="$1" "$PROBES/dial" 127.0.0.1 50000
  [[ $output == "returned=ECONNREFUSED result=ECONNREFUSED port=50000 self=no" ]]
  run -0 trap_run 50000 50001 env LD_PRELOAD="$1" "$PROBES/dial" 127.0.0.1 50000
  [[ $output == "returned=ECONNREFUSED result=ECONNREFUSED port=50001 self=no" ]]
}

@test "the file has full RELRO, no executable stack, no text relocations and no segment to write and run" {
  need readelf
  is_hardened "$LIBRARY"
  is_protected "$LIBRARY"
}

@test "the file is stripped and at most 32 KiB large" {
  need readelf
  [[ -z ${NOSELF_LIB-} ]] || skip "it is about the file that make builds"
  run -0 readelf -SW "$LIBRARY"
  [[ $output != *.symtab* && $output != *.debug* ]]
  (($(stat -c %s "$LIBRARY") <= 32768))
}

# builds_cleanly CC LEVEL...: builds a working file at these optimization levels, without output.
builds_cleanly() {
  local level said directory
  need "$1" readelf
  need_namespace
  for level in "${@:2}"; do
    directory=$BATS_TEST_TMPDIR/$1${level// /}
    said=$(tool make -s -C "$ROOT" CC="$1" CFLAGS="$level -Werror" BUILD="$directory" \
      "$directory/libnoself.so" 2>&1) ||
      said="failed: $said"
    [[ -z $said ]] || {
      printf '%s: %s\n' "$level" "$said"
      return 1
    }
    is_hardened "$directory/libnoself.so"
    is_protected "$directory/libnoself.so"
    guards "$directory/libnoself.so"
  done
}

@test "gcc and clang build a working file without a warning, from -O0 to -O3" {
  local levels=(-O0 -O3)
  [[ ${NOSELF_FULL:-0} == 0 ]] || levels+=(-O1 -O2 -Os '-O2 -g -flto')
  builds_cleanly gcc "${levels[@]}"
  builds_cleanly clang "${levels[@]}"
}

@test "the files for i386, aarch64, armhf and riscv64 are hardened in the same way" {
  need i686-linux-gnu-gcc aarch64-linux-gnu-gcc arm-linux-gnueabihf-gcc riscv64-linux-gnu-gcc
  local arch
  for arch in i386 aarch64 armhf riscv64; do
    # Built by `make arch`; portable.bats builds only the library.
    tool make -s -C "$ROOT" arch ARCH="$arch"
    is_hardened "$BUILD/$arch/libnoself.so"
  done
  is_protected "$BUILD/aarch64/libnoself.so"
}
