#compdef noselfctl
# SPDX-License-Identifier: MIT
# Zsh completion for noselfctl: its commands, their options as `noselfctl --help` names them, and
# units, processes or files.

_noselfctl_units() {
  local -a units
  units=(${(f)"$(systemctl ${words[(r)--user]} list-unit-files --no-legend --no-pager --plain 2>/dev/null
    systemctl ${words[(r)--user]} list-units --no-legend --no-pager --plain 2>/dev/null)"})
  units=(${(M)${units%% *}:#*.(service|socket|mount|swap)})
  compadd -a units
}

_noselfctl_enabled() {
  compadd -- {/etc,/run}/systemd/system/*.d/noself.conf(N:h:t:r) ~/.config/systemd/user/*.d/noself.conf(N:h:t:r)
}

_noselfctl_settings() {
  local -a values lines=("${(@f)$($1 --help 2>/dev/null)}")
  local match mbegin mend help action
  integer i
  for ((i = 1; i < $#lines; i++)); do
    [[ $lines[i] =~ '^  -(.), --([a-z-]+)=(.*)$' ]] || continue
    help="[${lines[i + 1]#"${lines[i + 1]%%[^ ]*}"}]"
    values=(${(s:|:)match[3]})
    values=(${values:#*[A-Z.]*})
    action="($values)"
    [[ $match[3] != *PATH* ]] || action="{compadd -- $values; _files -P / -W /}"
    settings+=("(-$match[1] --$match[2])"{-$match[1]+,--$match[2]=}"$help:value:$action")
  done
}

_noselfctl() {
  local context state state_descr line program=$words[1]
  local -A opt_args
  local -a settings place=(
    '--runtime[below /run, until the next boot]'
    '(--user)--root=[for the system below a directory]:directory:_files -/'
    '(--root)--user[for your own units]'
  )

  _arguments -C '(- *)'{-h,--help}'[print a summary]' '(- *)'{-V,--version}'[print the version]' \
    '1:command:((enable\:"put units under the library" disable\:"remove the drop-in" status\:"which process has the library" check\:"how noself would cover a program" ports\:"listening ports at risk" help\:"print a summary"))' \
    '*::argument:->rest'
  [[ $state == rest ]] || return
  case $words[1] in
    enable)
      _noselfctl_settings $program
      _arguments -s -S $place $settings '--force[even if the library cannot cover the unit]' '*:unit:_noselfctl_units'
      ;;
    disable) _arguments $place '*:unit:_noselfctl_enabled' ;;
    status) _arguments '--user[for your own units]' '*:unit or process:{_noselfctl_units; _pids}' ;;
    check) _arguments '*:file:_files' ;;
    ports) _arguments '(--nft --json)--sysctl[only the line for sysctl.d]' \
      '(--sysctl --json)--nft[only the rules for nft]' '(--sysctl --nft)--json[print JSON]' ;;
  esac
}

_noselfctl "$@"
