# shellcheck shell=sh disable=SC2154 # set in another of the files that are read in
# SPDX-License-Identifier: MIT
# noselfctl status and check: what a running process has, and what a program could have.

# status: the subcommand, for "$@", each a PID or a unit; with none, every process with the shim.
status() {
  for word; do
    case $word in
      *[!0-9]* | '') unit_name "$word" || return 2 ;;
    esac
  done
  systemd_here
  rows='' missing=''
  if [ $# -eq 0 ]; then
    found_pids=$(grep -l '/libnoself\.so' /proc/[0-9]*/maps 2>/dev/null | tr -dc '0-9\n')
    for pid in $found_pids; do
      [ "$pid" = $$ ] || process "$pid" || :
    done
    [ "$(id -u)" = 0 ] || say "not root, so only your own processes were looked at"
  fi
  for word; do
    case $word in
      *[!0-9]*) unit_processes "$word" ;;
      *)
        if [ -d "/proc/$word" ]; then
          process "$word"
        else
          say "no such process: $word"
          false
        fi || missing=1
        ;;
    esac
  done
  printf '%s' "$rows" | "$as" PID UNIT PROGRAM SHIM FILE SETTINGS
  if [ $# -eq 0 ] && [ -z "$rows" ] && [ "$as" = table ]; then
    echo "no process here has the shim loaded"
  fi
  [ -z "$missing" ]
}

# unit_processes WORD: `process` for each process of that unit, found by its control group; for a
# template, of all its instances.
unit_processes() {
  unit_name "$1"
  asked=$unit
  find_unit "$asked" || unit=$asked
  case $unit in
    *@.*) pattern="${unit%@.*}@[^/]*\\.${unit##*.}" ;;
    *) pattern=$(printf '%s\n' "$unit" | sed 's/[.\\]/\\&/g') ;;
  esac
  pids=''
  files=$(grep -l "/$pattern\(/\|\$\)" /proc/[0-9]*/cgroup 2>/dev/null)
  for file in $files; do
    # a user's manager runs units of its own, which may have the same names
    case ${user:+user}:$(grep "/$pattern\(/\|\$\)" "$file" 2>/dev/null) in
      user:*"/user@$(id -u).service/"*) ;;
      user:* | :*/user@*.service/*) continue ;;
    esac
    pids="$pids $(printf '%s\n' "$file" | sed 's/[^0-9]//g')"
  done
  if [ -z "$pids" ]; then
    say "$unit: no process of it runs"
    missing=1
    return
  fi
  bare=''
  for pid in $pids; do
    process "$pid" || {
      missing=1
      bare="$bare $pid"
    }
  done
  [ -n "$bare" ] || return 0
  for at in lasting runtime; do
    if ours "$(drop_in_home "$at")/$unit.d/noself.conf"; then
      say "$unit is enabled, but what runs may have started before: systemctl${user:+ --user} restart $unit"
      return
    fi
  done
}

# process PID: adds its row to `rows`; returns 1 if it has no shim, or nothing can be said of it.
process() {
  state=no file='' settings=''
  if ! maps=$(cat "/proc/$1/maps" 2>/dev/null); then
    [ -d "/proc/$1" ] || return 0 # it has ended meanwhile
    state=unreadable
    say "process $1 may not be looked at by this user"
  else
    case $maps in
      */libnoself.so*)
        # the path is what follows the inode, and may hold anything
        file=$(printf '%s\n' "$maps" |
          sed -n 's/^\([^ ]* *\)\{5\}\(\/.*\/libnoself\.so\)$/\2/p; s/^\([^ ]* *\)\{5\}\(\/.*\/libnoself\.so (deleted)\)$/\2/p' |
          head -n 1)
        ;;
    esac
    case $file in
      '') ;;
      *' (deleted)')
        state=replaced file=${file%' (deleted)'}
        say "process $1 runs on with a $file that has been replaced or removed since; restart it"
        ;;
      *) state=loaded ;;
    esac
    [ -z "$file" ] || settings=$(settings_of "$1")
  fi
  program=$(cat "/proc/$1/comm" 2>/dev/null)
  of_unit=$(awk -F/ '{
    for (i = NF; i; i--) if ($i ~ /\.(service|socket|mount|swap)$/) { print $i; exit }
  }' "/proc/$1/cgroup" 2>/dev/null)
  rows=$rows$(row "$1" "$of_unit" "$program" "$state" "$file" "$settings")'
'
  [ -n "$file" ]
}

# settings_of PID: prints the variables that the shim found when it was loaded.
settings_of() {
  if ! [ -r "/proc/$1/environ" ]; then
    echo unknown
    return
  fi
  # the other way to be preloaded, which shows in no environment
  whole=$(grep -c 'libnoself\.so' "/proc/$1/root"/etc/ld.so.preload 2>/dev/null)
  tr '\000' '\n' <"/proc/$1/environ" 2>/dev/null | awk -v whole="${whole:-0}" '
    /^NOSELF_(MODE|RETRIES|ERRNO|PINNED|BIND_NO_PORT|LOG|DISABLE)=/ { printf "%s%s", (n++ ? " " : ""), $0 }
    /^LD_PRELOAD=.*libnoself\.so/ { whole = 1 }
    # a program that writes its title over its environment leaves nothing to be read
    END { if (!n) print (whole + 0 ? "defaults" : "unknown"); else print "" }'
}

# check: the subcommand, for "$@".
check() {
  status=0
  rows=''
  told_no_shim='' blind=''
  for word; do
    case $word in
      */*) path=$word ;;
      *)
        path=./$word
        [ -e "$path" ] || ! look_up "$word" || path=$found
        ;;
    esac
    judge "$path" anyone
    if ! judge_machine '' && [ -z "$told_no_shim" ]; then
      say "no shim found, so the architecture is not compared"
      told_no_shim=1
    fi
    case $verdict in
      covered)
        why=''
        [ -z "$via" ] || why="a script, run by $via"
        ;;
      *) status=1 ;;
    esac
    [ -z "$note" ] || [ "$verdict" != covered ] || why="$why${why:+; }warning: $note"
    rows=$rows$(row "$path" "$verdict" "$why")'
'
  done
  printf '%s' "$rows" | "$as" FILE VERDICT WHY
  [ -z "$blind" ] || say "file capabilities could not be looked at: no getcap, getfattr or GNU tar here"
  return $status
}
