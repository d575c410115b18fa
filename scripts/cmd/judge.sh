# shellcheck shell=sh disable=SC2034,SC2154 # set here and used in another of the files that are read in
# SPDX-License-Identifier: MIT
# Whether the shim can cover a program: what its file is, without readelf, and who may run it.

# look_up NAME [ROOT]: sets `found` to the file that execvp would run, and returns 0; 1 if there is
# none; 2 if there is but it may not be run, and then `found` is that. With ROOT, below that folder.
look_up() {
  found=''
  case $1 in
    '') return 1 ;;
    */*)
      found=${2-}$1
      [ -e "$found" ] || return 1
      [ ! -d "$found" ] && [ -x "$found" ] || return 2
      return 0
      ;;
  esac
  look_rest=${PATH-/bin:/usr/bin}:
  while [ -n "$look_rest" ]; do
    look_at=${look_rest%%:*}
    look_rest=${look_rest#*:}
    look_at=${2-}${look_at:-.}/$1
    [ -e "$look_at" ] || continue
    if [ ! -d "$look_at" ] && [ -x "$look_at" ]; then
      found=$look_at
      return 0
    fi
    found=${found:-$look_at}
  done
  [ -z "$found" ] || return 2
  return 1
}

# facts FILE: prints what the file is, as far as its bytes say:
#   script REST                 REST being the line after #!
#   text                        no #!, no NUL: a shell runs it
#   elf TYPE INTERP GO OFFSET SIZE  TYPE 2 or 3; INTERP whether it names a loader; GO whether it
#                               carries Go's note; where its dynamic string table is (0 0: none)
#   other
# Fails if the file cannot be read.
facts() {
  [ -r "$1" ] || return 1
  # shellcheck disable=SC2016 # awk's, and the shell's that awk calls
  NOSELF_JUDGED=$1 LC_ALL=C awk '
    # read od-ed bytes into B; quick about bytes that are there already
    function bytes(off, n,   cmd, line, f, i, m) {
      if (off + n <= have || n <= 0 || n > 1048576) return
      cmd = sprintf("od -An -v -tu1 -j%.0f -N%.0f <\"$NOSELF_JUDGED\" 2>/dev/null", off, n)
      while ((cmd | getline line) > 0) {
        m = split(line, f, " ")
        for (i = 1; i <= m; i++) B[off++] = f[i]
      }
      close(cmd)
    }
    function num(off, size,   i, v) {
      v = 0
      for (i = 0; i < size; i++) v = v * 256 + B[little ? off + size - 1 - i : off + i]
      return v
    }
    BEGIN {
      far = 1099511627776
      bytes(0, 1024)
      for (have = 0; have in B; have++) if (have < 256 && B[have] == 0) nul = 1
      if (B[0] == 35 && B[1] == 33) {
        for (i = 2; i < 256 && i < have && B[i] != 10; i++) rest = rest sprintf("%c", B[i])
        print "script " rest
        exit
      }
      if (!(B[0] == 127 && B[1] == 69 && B[2] == 76 && B[3] == 70)) {
        print nul ? "other" : "text"
        exit
      }
      wide = B[4] == 2
      little = B[5] == 1
      type = num(16, 2)
      phoff = wide ? num(32, 8) : num(28, 4)
      phsize = num(wide ? 54 : 42, 2)
      phnum = num(wide ? 56 : 44, 2)
      # a header that makes no sense; beyond 2^40, no program ends and the numbers of awk grow coarse
      if ((type != 2 && type != 3) || phnum == 0 || phnum > 1024 ||
          phsize != (wide ? 56 : 32) || phoff > far) { print "other"; exit }
      bytes(phoff, phnum * phsize)
      word = wide ? 8 : 4
      loads = 0
      for (i = 0; i < phnum; i++) {
        at = phoff + i * phsize
        kind = num(at, 4)
        off = num(at + (wide ? 8 : 4), word)
        addr = num(at + (wide ? 16 : 8), word)
        size = num(at + (wide ? 32 : 16), word)
        if (kind == 3) interp = 1
        if (kind == 1) { load[loads] = addr; load_off[loads] = off; load_size[loads++] = size }
        if (kind == 2) { dyn = off; dyn_size = size }
        if (kind == 4 && size < 65536 && off < far) {
          bytes(off, size)
          # name length 4, type 4, name "Go\0\0": the build ID of the Go linker
          for (j = off; j + 16 <= off + size; j += 4)
            if (num(j, 4) == 4 && num(j + 8, 4) == 4 &&
                B[j + 12] == 71 && B[j + 13] == 111 && B[j + 14] == 0) go = 1
        }
      }
      if (dyn && dyn < far && dyn_size < 65536) {
        bytes(dyn, dyn_size)
        for (at = dyn; at + 2 * word <= dyn + dyn_size; at += 2 * word) {
          tag = num(at, word)
          if (tag == 0) break
          if (tag == 5) table = num(at + word, word)
          if (tag == 10) table_size = num(at + word, word)
        }
        for (i = 0; i < loads; i++)
          if (table >= load[i] && table < load[i] + load_size[i])
            strings = table - load[i] + load_off[i]
      }
      if (strings > far || table_size > far) strings = 0
      printf "elf %d %d %d %.0f %.0f\n", type, interp, go, strings, (strings ? table_size : 0)
    }' </dev/null
}

# names_of FILE OFFSET SIZE: prints `libc` and `io_uring` if its dynamic string table names them.
# tail is kept quiet: where SIGPIPE is ignored, as in a systemd unit, it speaks of head's leaving.
names_of() {
  tail -c "+$(($2 + 1))" <"$1" 2>/dev/null | head -c "$3" | tr '\000' '\n' |
    grep -E '^(libc\.so(\.6.*)?|libc\.musl-.*|ld-musl-.*|io_uring_.*|liburing.*)$' |
    sed '/uring/s/.*/io_uring/; /uring/!s/.*/libc/'
}

# env_target WORDS: what "#!/usr/bin/env WORDS" runs; sets `target` to that name, empty if it cannot
# be told; returns 1 if env would take LD_PRELOAD away.
env_target() {
  target=''
  case $1 in
    --split-string=*) words=${1#*=} ;;
    -S* | -[iv]S* | -[iv][iv]S*)
      case ${1%%S*} in *i*) return 1 ;; esac
      words=${1#*S}
      ;;
    -*) return 0 ;;
    *) # the kernel hands all of it over as one word
      target=$1
      return 0
      ;;
  esac
  case $words in *[\\\'\"\$\#]*) return 0 ;; esac
  set -f
  # shellcheck disable=SC2086 # to be split
  set -- $words
  set +f
  while [ $# -gt 0 ]; do
    case $1 in
      - | -i | --ignore-environment | -uLD_PRELOAD | --unset=LD_PRELOAD | LD_PRELOAD=*) return 1 ;;
      -u)
        [ "${2-}" != LD_PRELOAD ] || return 1
        shift
        ;;
      -C) shift ;;
      -* | *=*) ;;
      *)
        target=$1
        return 0
        ;;
    esac
    [ $# -eq 0 ] || shift
  done
}

# capable FILE: 0 if it has file capabilities, 1 if not, 2 if nothing here can tell.
capable() (
  PATH=$PATH:/usr/sbin:/sbin
  if command -v getcap >/dev/null; then
    [ -n "$(getcap "$1" 2>/dev/null)" ]
  elif command -v getfattr >/dev/null; then
    getfattr -n security.capability "$1" >/dev/null 2>&1
  elif tar --version 2>/dev/null | grep -q GNU; then
    # extended attributes stand in the archive's first header
    tar --xattrs --xattrs-include=security.capability -chf - "$1" 2>/dev/null | head -c 4096 |
      grep -q SCHILY.xattr.security.capability
  else
    return 2
  fi
)

# privileged FILE WHO: would running it put the loader into secure-execution mode, in which it
# ignores LD_PRELOAD? WHO is UID:GID, or `anyone` for some ordinary user, or `confined` for one that
# may gain no rights (no_new_privs). If so, sets `verdict` and `why` and returns 0; sets `blind` where
# nothing here can tell whether a file has capabilities. The kernel asks
# whether the ids change, so root may run a set-user-ID root program, and one with file
# capabilities, under the shim.
privileged() {
  [ "$2" != confined ] || return 1
  if [ -u "$1" ] || [ -g "$1" ]; then
    # shellcheck disable=SC2046 # to be split
    set -- "$1" "$2" $(ls -Lldn -- "$1")
    case $3 in
      ???[sS]*)
        if [ "${2%:*}" != "$5" ]; then
          verdict=set-user-ID why="set-user-ID (uid $5), so the loader ignores LD_PRELOAD"
          return 0
        fi
        ;;
    esac
    case $3 in
      ??????s*)
        if [ "${2#*:}" != "$6" ]; then
          verdict=set-group-ID why="set-group-ID (gid $6), so the loader ignores LD_PRELOAD"
          return 0
        fi
        ;;
    esac
  fi
  [ "${2%:*}" != 0 ] || return 1
  capable "$1"
  case $? in
    0)
      verdict=capabilities why="given file capabilities, so the loader ignores LD_PRELOAD"
      return 0
      ;;
    2) blind=1 ;;
  esac
  return 1
}

# myself: prints this process as `privileged` wants it.
myself() {
  if grep -qs '^NoNewPrivs:[[:space:]]*1' /proc/self/status; then
    echo confined
  else
    echo "$(id -ru):$(id -rg)"
  fi
}

# inside PATH: prints where PATH is, seen from below $judge_root (empty: the root itself). There a
# link that starts with a slash leads elsewhere than from here.
inside() {
  if [ -z "${judge_root-}" ]; then
    printf '%s\n' "$1"
    return
  fi
  inside_path=$1
  inside_hops=0
  while [ -L "$judge_root$inside_path" ] && [ $inside_hops -lt 20 ]; do
    inside_hops=$((inside_hops + 1))
    inside_next=$(readlink "$judge_root$inside_path")
    case $inside_next in
      /*) inside_path=$inside_next ;;
      *) inside_path=${inside_path%/*}/$inside_next ;;
    esac
  done
  printf '%s\n' "$judge_root$inside_path"
}

# judge FILE WHO: can the shim cover this program when WHO (see `privileged`) runs it? Sets
#   verdict  covered, or: missing directory permission unreadable loop format library static no-libc
#            go set-user-ID set-group-ID capabilities environment architecture
#   why      for all but covered, a phrase to go after "FILE is "
#   via      the program that runs a script, else empty
#   note     a warning, else empty
#   machine  what the program is built for, if it is ELF
# With $judge_root, the file and what it leads to are looked for below that folder.
judge() {
  verdict='' why='' via='' note='' machine=''
  judged=$(inside "$1")
  hops=0
  while :; do
    if [ ! -e "$judged" ]; then
      verdict=missing why='not there'
    elif [ -d "$judged" ]; then
      verdict=directory why='a directory'
    elif [ ! -x "$judged" ]; then
      verdict=permission why='not executable'
    elif ! told=$(facts "$judged"); then
      privileged "$judged" "$2" || {
        verdict=unreadable why='not readable, so it cannot be judged'
      }
    else
      case $told in
        script*) next_judged "${told#script}" && continue ;;
        text)
          hops=$((hops + 1)) judged=$(inside /bin/sh) via=/bin/sh
          continue
          ;;
        elf*)
          # shellcheck disable=SC2086 # to be split
          judge_elf "$2" ${told#elf}
          ;;
        *) verdict=format why='neither an ELF program of this system nor a script' ;;
      esac
    fi
    break
  done
  # judge_elf and next_judged speak of what runs the script
  if [ -n "$via" ] && [ "$verdict" != covered ] && [ "$verdict" != loop ]; then
    why="a script, run by $via, which is $why"
  fi
}

# next_judged LINE: goes on from a script to its interpreter; 1 if that ends the matter.
next_judged() {
  hops=$((hops + 1))
  if [ $hops -gt 5 ]; then
    verdict=loop why='a script whose interpreters are scripts without end'
    return 1
  fi
  tab=$(printf '\t')
  line=${1#"${1%%[! "$tab"]*}"}
  line=${line%"${line##*[! "$tab"]}"}
  judged=${line%%[ "$tab"]*}
  words=${line#"$judged"}
  words=${words#"${words%%[! "$tab"]*}"}
  via=$judged
  case $judged in
    '')
      verdict=format why='a script that names no interpreter' via=''
      return 1
      ;;
    */env)
      if ! env_target "$words"; then
        verdict=environment why='told to take LD_PRELOAD away'
        return 1
      fi
      if [ -n "$target" ]; then
        via=$target
        look_up "$target" "${judge_root-}"
        judged=${found:-$target}
        [ -z "$found" ] || via=${found#"${judge_root-}"}
        return 0
      fi
      ;;
  esac
  judged=$(inside "$judged")
}

# judge_elf WHO TYPE INTERP GO OFFSET SIZE: the end of every chain.
judge_elf() {
  libc=''
  if [ "$6" -gt 0 ]; then
    names=$(names_of "$judged" "$5" "$6")
    case $names in *libc*) libc=1 ;; esac
    case $names in
      *io_uring*) note='it imports io_uring, whose connections the shim does not see' ;;
    esac
  fi
  machine_of "$judged"
  ! privileged "$judged" "$1" || return 0
  if [ "$3" = 0 ]; then
    case ${judged##*/} in
      ld-*.so* | ld.so* | ld64.so*) verdict=covered ;; # the loader reads LD_PRELOAD itself
      *)
        if [ -n "$libc" ]; then
          verdict=library why='a shared library, not a program'
        else
          verdict=static why='statically linked, so LD_PRELOAD does not reach it'
        fi
        ;;
    esac
  elif [ "$4" = 1 ]; then
    verdict=go why='a Go program, which makes its system calls past libc'
  elif [ -z "$libc" ]; then
    verdict=no-libc why='linked with no libc that the shim could stand before'
  else
    verdict=covered
  fi
}

# judge_machine: turns `covered` into `architecture` where no shim is built for the program. Needs
# find_shim; 1 if there is no shim.
judge_machine() {
  [ "$verdict" = covered ] || return 0
  program_machine=$machine
  find_shim "$program_machine" "${1-}"
  case $? in
    2)
      verdict=architecture
      why="built for $(machine_name "$program_machine"), the shim only for $shim_machines"
      [ -z "$via" ] || why="a script, run by $via, which is $why"
      ;;
    *) return $? ;;
  esac
}
