# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Bash completion for noselfctl: its commands, their options as `noselfctl --help` names them, and
# units, processes or files.

_noselfctl_units() {
  systemctl "$@" --no-legend --no-pager --plain 2>/dev/null | grep -oE '^[^ ]+\.(service|socket|mount|swap)'
}

_noselfctl_enabled() {
  local file
  for file in {/etc,/run}/systemd/system/*.d/noself.conf "${XDG_CONFIG_HOME:-$HOME/.config}"/systemd/user/*.d/noself.conf; do
    file=${file%.d/noself.conf}
    [[ $file == *'*'* ]] || echo "${file##*/}"
  done
}

_noselfctl() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words='' kind='' values user=()
  COMPREPLY=()
  if [[ $before == = || $word == = ]]; then
    [[ $word != = ]] || word=''
    before=${COMP_WORDS[COMP_CWORD - 2]}
    [[ $before == -* ]] || before=${COMP_WORDS[COMP_CWORD - 1]}
  fi
  [[ " ${COMP_WORDS[*]} " != *' --user '* ]] || user=(--user)
  if ((COMP_CWORD == 1)); then
    words='enable disable status check ports help -h --help -V --version'
  elif [[ $before == --root ]]; then
    kind=-d
  elif [[ ${COMP_WORDS[1]} == enable && $before == -* ]] &&
    values=$("${COMP_WORDS[0]}" --help | grep -oE -- "^  (-., )?$before(, --[a-z-]+)?=.*"); then
    words=$(tr '|' '\n' <<<"${values#*=}" | grep -v '[A-Z.]')
    [[ $values != *PATH* || $word != /* ]] || kind=-f
  else
    case ${COMP_WORDS[1]}:$word in
      enable:-*) words="--runtime --user --root --force $("${COMP_WORDS[0]}" --help | grep -oE '^  -., --[a-z-]+' | tr ',' ' ')" ;;
      disable:-*) words='--runtime --user --root' ;;
      status:-*) words=--user ;;
      ports:-*) words='--sysctl --nft --json' ;;
      enable:*) words="$(_noselfctl_units "${user[@]}" list-unit-files) $(_noselfctl_units "${user[@]}" list-units)" ;;
      disable:*) words=$(_noselfctl_enabled) ;;
      status:[0-9]*) words=$(cd /proc && echo [0-9]*) ;;
      status:*) words=$(_noselfctl_units "${user[@]}" list-units) ;;
      check:*) kind=-f ;;
    esac
  fi
  [[ -z $words ]] || mapfile -t COMPREPLY < <(compgen -W "$(sort -u <<<"${words// /$'\n'}")" -- "$word")
  [[ -z $kind ]] || mapfile -t COMPREPLY -O ${#COMPREPLY[@]} < <(compgen $kind -- "$word")
}
complete -o filenames -F _noselfctl noselfctl
