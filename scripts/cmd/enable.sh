# shellcheck shell=sh disable=SC2154 # set in another of the files that are read in
# SPDX-License-Identifier: MIT
# noselfctl enable and disable: the drop-in noself.conf, written, kept current, taken away.

marker='# Written by noselfctl enable; taken away by noselfctl disable.'

# ours FILE: was it written here?
ours() {
  [ "$(head -n 1 -- "$1" 2>/dev/null)" = "$marker" ]
}

# drop_in_home WHERE: prints the folder of the .d folders: of /etc for `lasting`, /run for `runtime`.
drop_in_home() {
  case $1:$user in
    lasting:) printf '%s\n' "$root/etc/systemd/system" ;;
    runtime:) printf '%s\n' "$root/run/systemd/system" ;;
    lasting:*) printf '%s\n' "${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user" ;;
    runtime:*) printf '%s\n' "${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/systemd/user" ;;
  esac
}

# fact KEY: prints what `facts` holds under KEY, a line for each.
fact() {
  printf '%s\n' "$facts" | sed -n "s/^$1 //p"
}

# known KEY: does `facts` hold KEY?
known() {
  printf '%s\n' "$facts" | grep -q "^$1\( \|\$\)"
}

warn() {
  say "warning: $unit: $*"
}

# enable: the subcommand, for $units, with $chosen naming the variables that were set by options.
enable() {
  for name in $units; do
    unit_name "$name" || return 2
  done
  systemd_here
  find_shim '' "$root"
  status=$?
  if [ $status -ne 0 ]; then
    say_no_shim $status "$root"
    return 1
  fi
  # nothing is written before everything is known to be right
  for name in $units; do
    unit_name "$name"
    prepare || return 1
  done
  restart='' later=''
  changed=''
  for name in $units; do
    unit_name "$name"
    prepare
    write_drop_in || return 1
    warnings
  done
  reload
  advise
}

# prepare: for $unit, sets `target` (the drop-in), `drop_in` (its text), `aside` (the text of
# noself.env, where one is needed, else empty), `shim` and `facts`; complains and returns 1 if it
# cannot be done.
prepare() {
  find_unit "$unit"
  case $?:$root in
    0:*) ;;
    2:*)
      say "$unit is masked; nothing done"
      return 1
      ;;
    *:)
      say "no such unit: $unit$([ -d /etc/systemd ] || echo ' (no systemd is installed here)'); nothing done"
      return 1
      ;;
    *)
      say "no such unit below $root: $unit; nothing done"
      return 1
      ;;
  esac
  target=$(drop_in_home "$place")/$unit.d/noself.conf
  if [ -e "$target" ] && ! ours "$target"; then
    say "$target was not written by noselfctl and is left alone; nothing done"
    return 1
  fi
  other=$(drop_in_home lasting)/$unit.d/noself.conf
  if [ "$place" = runtime ] && [ -e "$other" ]; then
    say "$unit is enabled already, by $other, which counts more than one in /run; nothing done"
    return 1
  fi
  facts=$(unit_facts "$unit" "$fragment" "LD_PRELOAD $chosen")
  judge_commands
  find_shim "$unit_machine" "$root" || find_shim '' "$root"
  compose
}

# judge_commands: judges every program that the unit starts, as the user that it runs as. Sets
# `unit_machine` to what the first is built for, empty if unknown, and `uncovered` to a line for
# each that cannot be covered.
judge_commands() {
  unit_machine='' uncovered=''
  who=0:0
  runs_as=$(fact User)
  case $runs_as in
    '' | root | 0)
      [ -z "$user" ] || who=anyone
      case $(fact DynamicUser) in 1 | [yY]* | [tT]* | on) who=anyone ;; esac
      ;;
    *) who=$(id -u "$runs_as" 2>/dev/null):$(id -g "$runs_as" 2>/dev/null) || who=anyone ;;
  esac
  case $(fact NoNewPrivileges) in 1 | [yY]* | [tT]* | on) who=confined ;; esac
  judge_root=$root$(fact RootDirectory)
  [ -z "$(fact RootImage)" ] || return 0
  commands=$(fact exec)
  while IFS= read -r command; do
    case $command in
      '' | *%*) continue ;; # a specifier: known only when it starts
      /*) found=$command ;;
      *) PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin look_up "$command" "$judge_root"
        found=${found#"$judge_root"} ;;
    esac
    judge "$found" "$who"
    [ -n "$unit_machine" ] || unit_machine=$machine
    judge_machine "$root"
    # a missing program is none of our business: the unit itself will say so
    case $verdict in covered | missing | unreadable) continue ;; esac
    uncovered="$uncovered$command is $why
"
  done <<.
$commands
.
  judge_root=''
}

# compose: sets `drop_in` and `aside`. The drop-in carries the unit's LD_PRELOAD along, since of
# several Environment= for one variable the last counts. Where something read after it, or an
# EnvironmentFile=, would count more, the variables go to a file noself.env that the drop-in names,
# since of everything the last EnvironmentFile= counts most.
compose() {
  old=$(fact preload)
  if [ -z "$old" ] && ! known preload && [ -n "$systemctl" ]; then
    # what the manager gives to every unit
    old=$($systemctl show-environment | sed -n 's/^LD_PRELOAD=//p' | sed 's/%/%%/g')
  fi
  by_file=$(fact later)
  environment_files=$(fact environment-file)
  while read -r late file; do
    [ -n "$file" ] || continue
    for file in $(environment_file_names "$file"); do
      for variable in LD_PRELOAD $chosen; do
        value=$(environment_file_value "$file" "$variable") || continue
        if [ "$late" = 1 ]; then
          say "$unit: $file sets $variable, and counts more than any drop-in noself.conf; nothing done"
          return 1
        fi
        by_file=$file
        [ "$variable" != LD_PRELOAD ] || old=$(printf '%s\n' "$value" | sed 's/%/%%/g')
      done
    done
  done <<.
$environment_files
.
  if [ -n "$by_file" ] && known file-reset; then
    say "$unit: $(fact file-reset | head -n 1) resets EnvironmentFile=, so a drop-in noself.conf" \
      "cannot count; nothing done"
    return 1
  fi
  merged=$(preload "$old" "$(printf '%s\n' "$shim" | sed 's/%/%%/g')")
  case ${unit##*.} in
    service) section=Service ;;
    socket) section=Socket ;;
    mount) section=Mount ;;
    swap) section=Swap ;;
  esac
  aside=''
  drop_in="$marker
[$section]"
  if [ -z "$by_file" ]; then
    drop_in="$drop_in
Environment=\"LD_PRELOAD=$(escaped "$merged" '\\"')\""
    for variable in $chosen; do
      eval "value=\$$variable"
      drop_in="$drop_in
Environment=\"$variable=$(escaped "$value" '\\"' | sed 's/%/%%/g')\""
    done
    return 0
  fi
  # no specifiers are resolved in there
  case $(printf '%s\n' "$merged" | sed 's/%%//g') in
    *%*)
      say "$unit: LD_PRELOAD has a specifier and $by_file counts more than a drop-in noself.conf;" \
        "cannot keep both; nothing done"
      return 1
      ;;
  esac
  merged=$(printf '%s\n' "$merged" | sed 's/%%/%/g')
  aside="$marker
LD_PRELOAD=\"$(escaped "$merged" '\\"$`')\""
  for variable in $chosen; do
    eval "value=\$$variable"
    aside="$aside
$variable=\"$(escaped "$value" '\\"$`')\""
  done
  path=${target%.conf}.env
  drop_in="$drop_in
EnvironmentFile=$(printf '%s\n' "${path#"$root"}" | sed 's/%/%%/g')"
}

# escaped TEXT CHARACTERS: prints TEXT with a backslash before each of these.
escaped() {
  printf '%s\n' "$1" | sed "s/[$2]/\\\\&/g"
}

# environment_file_names WORD: prints the files that an EnvironmentFile= means.
environment_file_names() {
  name=${1#-}
  case $name in *%* | *[[:space:]]*) return ;; esac # known only when the unit starts
  # shellcheck disable=SC2086 # it may be a pattern, which stands for several
  set -- "$root"$name
  for name; do
    [ ! -f "$name" ] || [ "${name##*/}" = noself.env ] || printf '%s\n' "$name"
  done
}

# put FILE TEXT: writes it in one step; returns 1 with a complaint.
put() {
  temporary=$1.new.$$
  if ! (umask 022 && printf '%s\n' "$2" >"$temporary") 2>/dev/null || ! mv -f -- "$temporary" "$1"; then
    rm -f -- "$temporary"
    say "cannot write $1; $unit is left as it was"
    return 1
  fi
}

# write_drop_in: writes what `prepare` composed, unless it is there already.
write_drop_in() {
  beside=${target%.conf}.env
  if [ "$(cat -- "$target" 2>/dev/null)" = "$drop_in" ] &&
    [ "$(cat -- "$beside" 2>/dev/null)" = "$aside" ]; then
    echo "$unit: enabled already, as $target"
    return 0
  fi
  made=''
  [ -d "${target%/*}" ] || made=1
  if ! (umask 022 && mkdir -p -- "${target%/*}") 2>/dev/null; then
    say "cannot make ${target%/*}; $unit is left as it was"
    return 1
  fi
  if { [ -n "$aside" ] && ! put "$beside" "$aside"; } || ! put "$target" "$drop_in"; then
    [ -z "$made" ] || rmdir -- "${target%/*}" 2>/dev/null
    return 1
  fi
  [ -n "$aside" ] || ! ours "$beside" || rm -f -- "$beside"
  changed=1
  echo "$unit: wrote $target"
  note_restart
}

# note_restart: remembers $unit as one to restart, or as one that only has to be started.
note_restart() {
  case $unit in
    *@.*) restart="$restart '${unit%@.*}@*.${unit##*.}'" ;;
    *)
      if [ -z "$systemctl" ] || $systemctl -q is-active "$unit"; then
        restart="$restart $unit"
      else
        later="$later $unit"
      fi
      ;;
  esac
}

# reload: makes systemd read its units again, where it runs.
reload() {
  [ -n "$changed" ] && [ -n "$systemctl" ] || return 0
  $systemctl daemon-reload || say "the reload failed and is due: $systemctl daemon-reload"
}

# advise: what is left to do for the change to count.
advise() {
  [ -n "$changed" ] || return 0
  if [ -n "$root" ]; then
    echo "this takes effect when the system below $root starts"
  elif [ -z "$systemctl" ]; then
    echo "no running systemd was reached, so a reload is due: systemctl${user:+ --user} daemon-reload"
    [ -z "$restart" ] || echo "and then a restart: systemctl${user:+ --user} restart$restart"
  else
    [ -z "$restart" ] || echo "this takes effect when restarted: $systemctl restart$restart"
    [ -z "$later" ] || echo "this takes effect when started:$later"
  fi
}

# warnings: what would defeat the shim in $unit.
warnings() {
  printf '%s' "$uncovered" | while IFS= read -r line; do
    warn "the shim cannot cover it: $line"
  done
  [ "${unit##*.}" != socket ] ||
    warn "this covers only the Exec...= programs of the socket itself, not the service that it starts"
  ! known unset || warn "its UnsetEnvironment= takes LD_PRELOAD away"
  ! known pass || warn "its PassEnvironment=LD_PRELOAD no longer counts; name that library in Environment= and enable again"
  filter_warning
  reach_warning
  if [ -n "$(fact SELinuxContext)" ] || [ "$(cat /sys/fs/selinux/enforce 2>/dev/null)" = 1 ]; then
    warn "SELinux may have the loader ignore LD_PRELOAD when the unit changes its domain;" \
      "once it runs, see noselfctl status $unit"
  fi
}

# filter_warning: the shim calls getsockname, getpeername, getsockopt, setsockopt and bind where the
# program only calls connect; a filter that allows that alone would end it.
filter_warning() {
  filters=$(fact filter)
  [ -n "$filters" ] || return 0
  needed=denied first=1
  while IFS= read -r line; do
    case $line in
      '~'*) sense=denied line=${line#\~} ;;
      *) sense=allowed ;;
    esac
    # the first line says which it is: a list of what is allowed, or of what is not
    [ -z "$first" ] || {
      first=''
      [ "$sense" = allowed ] || needed=allowed
    }
    for word in $line; do
      case ${word%%:*} in
        getsockname | @network-io | @system-service | @known) needed=$sense ;;
      esac
    done
  done <<.
$filters
.
  [ "$needed" = allowed ] ||
    warn "its SystemCallFilter= lets no getsockname through, which the shim calls: a connect would" \
      "fail or end the program; add getsockname, or @network-io"
}

# reach_warning: can the unit get at the library's file at all?
reach_warning() {
  inner=$(fact RootDirectory)
  if [ -n "$(fact RootImage)" ]; then
    warn "it runs in a RootImage=: the shim must be in there, at $shim_file"
    return
  elif [ -n "$inner" ]; then
    [ -f "$root$inner$shim_file" ] || warn "it runs in RootDirectory=$inner, where there is no $shim_file"
    return
  fi
  hidden=''
  case $(fact ProtectHome) in 1 | [yYtT]* | on) hidden='/home /root /run/user' ;; esac
  case $(fact PrivateTmp) in 1 | [yYtT]* | on) hidden="$hidden /tmp /var/tmp" ;; esac
  for folder in $hidden; do
    case $shim_file in
      "$folder"/*)
        warn "its ProtectHome= or PrivateTmp= hides $shim_file; install the shim elsewhere"
        return
        ;;
    esac
  done
  case $who in
    0:0) ;;
    *) readable_by_all "$shim_file" ||
      warn "$shim_file cannot be read by every user, and this unit does not run as root" ;;
  esac
}

# readable_by_all FILE: may anybody read it, and enter every folder above it, as far as $root?
readable_by_all() (
  case $(ls -Lld -- "$root$1") in ???????r*) ;; *) return 1 ;; esac
  dir=${1%/*}
  while [ -n "$dir" ]; do
    case $(ls -Lld -- "$root$dir") in ?????????[xt]*) ;; *) return 1 ;; esac
    dir=${dir%/*}
  done
)

# disable: the subcommand, for $units.
disable() {
  for name in $units; do
    unit_name "$name" || return 2
  done
  systemd_here
  places='lasting runtime'
  [ "$place" = lasting ] || places=runtime
  for name in $units; do
    unit_name "$name"
    disable_names
    for unit in $unit_aliases; do
      for at in $places; do
        target=$(drop_in_home "$at")/$unit.d/noself.conf
        if [ -e "$target" ] && ! ours "$target"; then
          say "$target was not written by noselfctl and is left alone; nothing done"
          return 1
        fi
      done
    done
  done
  changed='' restart='' later=''
  for name in $units; do
    unit_name "$name"
    disable_names
    gone=''
    for unit in $unit_aliases; do
      for at in $places; do
        take_away "$(drop_in_home "$at")/$unit.d" || return 1
      done
    done
    if [ -n "$gone" ]; then
      note_restart
    else
      echo "$unit: not enabled, nothing to take away"
    fi
  done
  reload
  later=''
  advise
}

# disable_names: sets `unit_aliases` to $unit, and to its own name too where that is an alias.
disable_names() {
  unit_aliases=$unit
  asked=$unit
  find_unit "$asked" || unit=$asked
  [ "$unit" = "$asked" ] || unit_aliases="$asked $unit"
}

# take_away FOLDER: removes the drop-in from there, and the folder if nothing else is in it.
take_away() {
  [ -e "$1/noself.conf" ] || return 0
  if ! rm -f -- "$1/noself.conf" 2>/dev/null; then
    say "cannot remove $1/noself.conf"
    return 1
  fi
  ! ours "$1/noself.env" || rm -f -- "$1/noself.env"
  rmdir -- "$1" 2>/dev/null || :
  echo "$unit: removed $1/noself.conf"
  gone=1 changed=1
}
