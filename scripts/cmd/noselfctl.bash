# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Bash completion for noselfctl: subcommands, their options, and units, processes or files.

_noselfctl() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words=''
  local command=${COMP_WORDS[1]-} user=()
  COMPREPLY=()
  if [[ $before == = ]]; then
    before=${COMP_WORDS[COMP_CWORD - 2]}
  elif [[ $word == = ]]; then
    word=''
  fi
  [[ " ${COMP_WORDS[*]} " != *' --user '* ]] || user=(--user)
  if ((COMP_CWORD == 1)); then
    words='enable disable status check ports -h --help -V --version'
  else
    case $command:$before in
      *:--root)
        mapfile -t COMPREPLY < <(compgen -d -- "$word")
        return
        ;;
      enable:-m | enable:--mode) words='retry fail observe' ;;
      enable:-r | enable:--retries) words='{1..16}' ;;
      enable:-e | enable:--errno) words='ECONNREFUSED EADDRNOTAVAIL ECONNRESET ETIMEDOUT EHOSTUNREACH' ;;
      enable:-p | enable:--pinned) words='fail allow' ;;
      enable:-b | enable:--bind-no-port) words='0 1' ;;
      enable:-l | enable:--log) words='off stderr' ;;
      enable:*)
        case $word in
          -*) words='--runtime --root --user -m --mode -r --retries -e --errno -p --pinned -b
            --bind-no-port -l --log -h --help' ;;
          *) words=$(_noselfctl_units "${user[@]}") ;;
        esac
        ;;
      disable:*)
        case $word in
          -*) words='--runtime --root --user -h --help' ;;
          *) words=$(_noselfctl_units "${user[@]}") ;;
        esac
        ;;
      status:*)
        case $word in
          -*) words='--json --user -h --help' ;;
          [0-9]*) words=$(cd /proc && echo [0-9]*) ;;
          *) words=$(_noselfctl_units "${user[@]}") ;;
        esac
        ;;
      check:*)
        case $word in
          -*) words='--json -h --help' ;;
          *)
            mapfile -t COMPREPLY < <(compgen -fc -- "$word")
            return
            ;;
        esac
        ;;
      ports:*) words='--json -h --help' ;;
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

_noselfctl_units() {
  systemctl "$@" list-unit-files --no-legend --no-pager --type=service 2>/dev/null |
    while read -r unit _; do printf '%s\n' "$unit"; done
}
complete -o filenames -F _noselfctl noselfctl
