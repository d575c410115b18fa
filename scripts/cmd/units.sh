# shellcheck shell=sh disable=SC2034,SC2154 # set here and used in another of the files that are read in
# SPDX-License-Identifier: MIT
# Units as systemd reads them: names, where their files are, and what stands in those.

# unit_name WORD: sets `unit` to the unit that systemctl would take WORD for, or complains and
# returns 1.
unit_name() {
  unit=$1
  case $1 in
    *.service | *.socket | *.mount | *.swap) ;;
    *.target | *.timer | *.path | *.device | *.slice | *.scope | *.automount)
      say "'$1' runs no program of its own: expected a service; nothing done"
      return 1
      ;;
    *) unit=$1.service ;;
  esac
  case $1 in
    '' | -* | .* | @* | *..* | *[!A-Za-z0-9:_.@\\-]*)
      say "not a unit's name: '$1'; expected one such as telnetd.service or getty@tty1; nothing done"
      return 1
      ;;
  esac
  if [ ${#unit} -gt 255 ]; then
    say "not a unit's name: '$1' is longer than 255 characters; nothing done"
    return 1
  fi
}

# systemd_here: sets `systemctl` to the command that reaches the manager in question, empty if none
# runs, or if $root says that it is none of its business.
systemd_here() {
  systemctl=''
  [ -z "$root" ] || return 0
  if systemctl ${user:+--user} show -p Version >/dev/null 2>&1; then
    systemctl="systemctl${user:+ --user}"
  fi
}

# unit_dirs: prints the folders of units, the one that counts most first.
unit_dirs() {
  if [ -n "$systemctl" ]; then
    $systemctl show -p UnitPath --value | tr ' ' '\n'
  elif [ -n "$user" ]; then
    config=${XDG_CONFIG_HOME:-$HOME/.config}/systemd
    runtime=${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/systemd
    printf '%s\n' "$config/user.control" "$runtime/user.control" "$runtime/transient" \
      "$config/user" /etc/systemd/user "$runtime/user" /run/systemd/user \
      "${XDG_DATA_HOME:-$HOME/.local/share}/systemd/user" /usr/local/share/systemd/user \
      /usr/share/systemd/user /usr/local/lib/systemd/user /usr/lib/systemd/user
  else
    for dir in /etc/systemd/system.control /run/systemd/system.control /run/systemd/transient \
      /run/systemd/generator.early /etc/systemd/system /etc/systemd/system.attached \
      /run/systemd/system /run/systemd/system.attached /run/systemd/generator \
      /usr/local/lib/systemd/system /lib/systemd/system /usr/lib/systemd/system \
      /run/systemd/generator.late; do
      printf '%s\n' "$root$dir"
    done
  fi
}

# template_of UNIT: prints the template of an instance, else nothing.
template_of() {
  case $1 in
    *@.*) ;;
    *@*) printf '%s\n' "${1%%@*}@.${1##*.}" ;;
  esac
}

# find_unit UNIT: sets `unit` to the unit's own name (UNIT may be an alias) and `fragment` to its
# file. Returns 1 if there is none, 2 if it is masked.
find_unit() {
  unit=$1
  dirs=$(unit_dirs)
  for name in "$1" "$(template_of "$1")"; do
    [ -n "$name" ] || continue
    while IFS= read -r dir; do
      fragment=$dir/$name
      if [ -L "$fragment" ]; then
        link=$(readlink "$fragment")
        [ "$link" != /dev/null ] || return 2
        case ${link##*/} in
          "$name" | "$(template_of "$unit")") ;;
          *@.*)
            stem=${unit%.*}
            unit=${link##*/}
            unit=${unit%@.*}@${stem#*@}.${link##*.}
            ;;
          *.service | *.socket | *.mount | *.swap) unit=${link##*/} ;;
        esac
        case $link in
          /*) fragment=$root$link ;;
          *) fragment=$dir/$link ;;
        esac
      fi
      [ -f "$fragment" ] || continue
      [ -s "$fragment" ] || return 2
      return 0
    done <<.
$dirs
.
  done
  return 1
}

# drop_in_names UNIT: prints the names whose .d folders hold drop-ins of UNIT, nearest first:
# itself, its template, and for a-b-c.service also a-b-.service and a-.service.
drop_in_names() (
  printf '%s\n' "$1"
  type=${1##*.}
  template=$(template_of "$1")
  [ -z "$template" ] || drop_in_names "$template"
  stem=${1%."$type"}
  prefix=${stem%%@*}
  instance=${stem#"$prefix"}
  prefix=${prefix%-}
  case $prefix in
    *-*) drop_in_names "${prefix%-*}-$instance.$type" ;;
  esac
)

# drop_ins UNIT: prints its drop-ins in the order in which systemd reads them. Of several with one
# file name only the nearest counts.
drop_ins() {
  unit_dirs | while IFS= read -r dir; do
    for name in $(drop_in_names "$1"); do
      printf '%s\n' "$dir/$name.d"/*.conf
    done
  done | {
    cat
    unit_dirs | while IFS= read -r dir; do printf '%s\n' "$dir/${1##*.}.d"/*.conf; done
  } | while IFS= read -r file; do
    [ -f "$file" ] || [ -L "$file" ] || continue
    printf '%s/%s\n' "${file##*/}" "$file"
  done | awk -F/ '!seen[$1]++' | LC_ALL=C sort -t/ -k1,1 | while IFS= read -r file; do
    # a link to /dev/null hides the others of its name, and that is all it does
    [ ! -f "${file#*/}" ] || printf '%s\n' "${file#*/}"
  done
}

# unit_facts UNIT FRAGMENT NAMES: reads the unit's file and its drop-ins, but for noself.conf, and
# prints what is of interest, one "KEY VALUE" on a line:
#   preload VALUE       LD_PRELOAD as Environment= has it in the end (specifiers not resolved)
#   later FILE          a drop-in read after noself.conf in which Environment= resets, or sets
#                       LD_PRELOAD or one of the variables in NAMES
#   file-reset FILE     the same, in which EnvironmentFile= resets
#   environment-file N FILE   N being 1 if it is named after noself.conf is read
#   unset, pass         UnsetEnvironment= or PassEnvironment= names LD_PRELOAD
#   exec PROGRAM        each program that is started
#   filter WORDS        each SystemCallFilter= line
#   User ... RootDirectory ... and the like: the last value of settings that hold one
unit_facts() {
  set -- "$3" "$2" "$(drop_ins "$1")"
  IFS='
'
  set -f
  # shellcheck disable=SC2086 # to be split at line breaks only
  set -- "$1" "$2" $3
  set +f
  unset IFS
  unit_names=$1
  shift
  LC_ALL=C awk -v names="$unit_names" '
    # unquoted(S, OUT): splits S into words as systemd does, with quotes and C escapes; stops at a
    # mistake, as it does. Returns how many.
    function unquoted(s, out,   n, i, c, q, word, inside, e, code) {
      n = 0
      word = ""; inside = 0; q = ""
      for (i = 1; i <= length(s); i++) {
        c = substr(s, i, 1)
        if (c == "\\") {
          e = substr(s, ++i, 1)
          inside = 1
          if (index("abfnrtvs\\\"\047", e) && e != "") {
            word = word substr("\a\b\f\n\r\t\v \\\"\047", index("abfnrtvs\\\"\047", e), 1)
          } else if (e == "x" && substr(s, i + 1, 2) ~ /^[0-9a-fA-F][0-9a-fA-F]$/) {
            code = hex(substr(s, i + 1, 2))
            if (!code) return n
            word = word sprintf("%c", code)
            i += 2
          } else if (substr(s, i, 3) ~ /^[0-3][0-7][0-7]$/) {
            code = e * 64 + substr(s, i + 1, 1) * 8 + substr(s, i + 2, 1)
            if (!code) return n
            word = word sprintf("%c", code)
            i += 2
          } else return n
        } else if (q != "") {
          if (c == q) q = ""
          else word = word c
        } else if (c == "\"" || c == "\047") {
          q = c
          inside = 1
        } else if (c == " " || c == "\t") {
          if (inside) out[++n] = word
          word = ""; inside = 0
        } else {
          word = word c
          inside = 1
        }
      }
      if (q != "") return n
      if (inside) out[++n] = word
      return n
    }
    function hex(s,   i, v) {
      v = 0
      for (i = 1; i <= length(s); i++) v = v * 16 + index("0123456789abcdef", tolower(substr(s, i, 1))) - 1
      return v
    }
    function assignment(key, value,   n, i, w, name) {
      if (key == "Environment") {
        if (value == "") {
          has_preload = 0
          if (late) later[file] = 1
          return
        }
        n = unquoted(value, w)
        for (i = 1; i <= n; i++) {
          if (!index(w[i], "=")) continue
          name = substr(w[i], 1, index(w[i], "=") - 1)
          if (name == "LD_PRELOAD") {
            has_preload = 1
            preload = substr(w[i], length(name) + 2)
          }
          if (late && (name == "LD_PRELOAD" || index(" " names " ", " " name " "))) later[file] = 1
        }
      } else if (key == "EnvironmentFile") {
        if (value == "") {
          files = 0
          if (late) file_reset[file] = 1
        } else env_file[++files] = late " " value
      } else if (key == "UnsetEnvironment") {
        unset_it = value != "" && (unset_it || " " value " " ~ /[ "\047]LD_PRELOAD[= "\047]/)
      } else if (key == "PassEnvironment") {
        pass_it = value != "" && (pass_it || " " value " " ~ /[ "\047]LD_PRELOAD[ "\047]/)
      } else if (key == "SystemCallFilter") {
        if (value == "") filters = 0
        else filter[++filters] = value
      } else if (key ~ /^Exec(Start|StartPre|StartPost|Condition)$/) {
        if (value == "") commands[key] = 0
        else {
          sub(/^[-@:+!|]+[ \t]*/, "", value)
          if (unquoted(value, w)) command[key, ++commands[key]] = w[1]
        }
      } else if (key ~ /^(User|Group|DynamicUser|NoNewPrivileges|RootDirectory|RootImage|ProtectHome|PrivateTmp|SELinuxContext)$/)
        last[key] = value
    }
    function logical(line,   at, key) {
      sub(/^[ \t]+/, "", line)
      sub(/[ \t\r]+$/, "", line)
      if (line == "") return
      if (line ~ /^\[.*\]$/) { section = substr(line, 2, length(line) - 2); return }
      if (section != "Service" && section != "Socket" && section != "Mount" && section != "Swap") return
      at = index(line, "=")
      if (!at) return
      key = substr(line, 1, at - 1)
      sub(/[ \t]+$/, "", key)
      line = substr(line, at + 1)
      sub(/^[ \t]+/, "", line)
      assignment(key, line)
    }
    FNR == 1 {
      if (pending != "") logical(pending)
      pending = section = ""
      file = FILENAME
      base = file
      sub(/.*\//, "", base)
      late = drop_in++ && (base "") > "noself.conf"
    }
    base == "noself.conf" { next }
    {
      # a comment within a continued line is left out, and the line goes on
      if ($0 ~ /^[ \t]*[#;]/) next
      if (match($0, /\\+$/) && RLENGTH % 2) { pending = pending substr($0, 1, length($0) - 1) " "; next }
      logical(pending $0)
      pending = ""
    }
    END {
      if (pending != "") logical(pending)
      if (has_preload) print "preload " preload
      for (f in later) print "later " f
      for (f in file_reset) print "file-reset " f
      for (i = 1; i <= files; i++) print "environment-file " env_file[i]
      if (unset_it) print "unset"
      if (pass_it) print "pass"
      for (k in commands) for (i = 1; i <= commands[k]; i++) print "exec " command[k, i]
      for (i = 1; i <= filters; i++) print "filter " filter[i]
      for (k in last) print k " " last[k]
    }' "$@"
}

# environment_file_value FILE NAME: prints what an EnvironmentFile= gives NAME; fails if nothing.
environment_file_value() {
  [ -r "$1" ] || return 1
  LC_ALL=C awk -v name="$2" '
    { sub(/^[ \t]+/, "") }
    /^[#;]/ { next }
    index($0, name) == 1 {
      line = substr($0, length(name) + 1)
      if (line !~ /^[ \t]*=/) next
      sub(/^[ \t]*=[ \t]*/, "", line)
      sub(/[ \t]+$/, "", line)
      if (line ~ /^".*"$/ || line ~ /^\047.*\047$/) line = substr(line, 2, length(line) - 2)
      gsub(/\\["\\$`]/, "&\001", line)
      while (i = index(line, "\001")) line = substr(line, 1, i - 3) substr(line, i - 1, 1) substr(line, i + 1)
      value = line
      found = 1
    }
    END {
      if (found) print value
      exit !found
    }' "$1"
}
