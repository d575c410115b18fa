# shellcheck shell=sh disable=SC2034,SC2154 # set here and used in another of the files that are read in
# SPDX-License-Identifier: MIT
# Which libnoself.so is to be preloaded, and how LD_PRELOAD names it.

# shims [ROOT]: prints every libnoself.so that belongs to these commands, one per line: that of the
# source tree, or those installed, one for each architecture. With ROOT, those of the system below
# that folder, which may have been installed otherwise than these commands.
shims() {
  printed=:
  for libdir in "$noself_libdir" "${noself_here%/*}/lib" ${1:+/usr/local/lib /usr/lib}; do
    base=${libdir%/*-linux-*}
    base=${base%64}
    set -- "${1-}" "$libdir" "$base" "$base"/*-linux-* "${base}64" "${base}32"
    case $libdir in */build) set -- "$@" "$libdir"/* ;; esac # make arch ARCH=...
    root_now=$1
    shift
    for dir; do
      case $printed in *":$dir:"*) continue ;; esac
      [ -f "$root_now$dir/libnoself.so" ] || continue
      printed=$printed$dir:
      printf '%s\n' "$dir/libnoself.so"
    done
    set -- "$root_now"
  done
}

# machine_of FILE: sets `machine` to what an ELF file is built for, as "class:data:machine".
machine_of() {
  # shellcheck disable=SC2046 # to be split
  set -- $(od -An -v -tx1 -N20 <"$1" 2>/dev/null)
  machine=${5-}:${6-}:${19-}${20-}
}

# machine_name MACHINE: what people call it.
machine_name() {
  case $1 in
    01:01:0300) echo i386 ;;
    01:01:3e00) echo x32 ;;
    02:01:3e00) echo x86-64 ;;
    01:01:2800) echo 32-bit ARM ;;
    02:01:b700) echo AArch64 ;;
    02:01:f300) echo RISC-V 64 ;;
    02:01:1500) echo ppc64le ;;
    02:02:0016) echo s390x ;;
    *) echo "another machine (ELF $1)" ;;
  esac
}

# find_shim MACHINE [ROOT]: sets `shim` to the LD_PRELOAD entry for a program of that machine, or
# for any if MACHINE is empty, and `shim_file` to the file. Returns 1 if there is no shim at all,
# 2 if none of that machine, 3 if its path cannot be written in LD_PRELOAD.
find_shim() {
  found_shims=$(shims "${2-}")
  [ -n "$found_shims" ] || return 1
  shim='' shim_file='' shim_machines='' shim_count=0
  while IFS= read -r candidate; do
    machine_of "${2-}$candidate"
    shim_count=$((shim_count + 1))
    name=$(machine_name "$machine")
    case ", $shim_machines, " in
      *", $name, "*) ;;
      *) shim_machines=$shim_machines${shim_machines:+, }$name ;;
    esac
    case ${1:-$machine} in
      "$machine") [ -n "$shim_file" ] || shim_file=$candidate ;;
    esac
  done <<.
$found_shims
.
  [ -n "$shim_file" ] || return 2
  shim=$shim_file
  case $shim_file in
    # For several architectures at once there is only the bare name; the loader is sure to find
    # it where its own directories are.
    /usr/lib/* | /usr/lib64/* | /lib/*) [ $shim_count -eq 1 ] || shim=libnoself.so ;;
  esac
  case $shim in
    *[[:space:]]* | *[:$]*) return 3 ;;
  esac
}

# say_no_shim [ROOT]: the complaint that goes with find_shim's 1 or 3, given as its status.
say_no_shim() {
  case $1 in
    3) say "the shim's path holds a space, a colon or a dollar sign, which LD_PRELOAD cannot" \
      "express: '$shim_file'; install it elsewhere; nothing done" ;;
    *) case ${2-}:$noself_libdir in
      :*/build) say "no shim at $noself_libdir/libnoself.so: run 'make' first; nothing done" ;;
      :*) say "no shim at $noself_libdir/libnoself.so; nothing done" ;;
      *) say "no libnoself.so is installed below $2; nothing done" ;;
    esac ;;
  esac
}

# preload OLD SHIM: prints the LD_PRELOAD that keeps OLD's entries and names the shim once; last
# where it is new, so that the others' calls end in it.
preload() (
  merged='' named=''
  set -f
  IFS=' :'
  for entry in $1; do
    case $entry in
      '') continue ;;
      libnoself.so | */libnoself.so)
        [ -z "$named" ] || continue
        named=1 entry=$2
        ;;
    esac
    merged=$merged${merged:+:}$entry
  done
  [ -n "$named" ] || merged=$merged${merged:+:}$2
  printf '%s\n' "$merged"
)
