# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Bash completion for noself: the options and values that `noself --help` names, then a command.

# _noself_values HELP OPTION: the values that the option has; fails where it has none.
_noself_values() {
  local short long
  while IFS='=' read -r short long; do
    [[ " $short " != *" $2 "* ]] || {
      echo "$long"
      return
    }
  done < <(sed -n 's/^  \(-.\), \(--[a-z-]*=\)/\1 \2/p' <<<"$1")
  return 1
}

_noself() {
  local word=${COMP_WORDS[COMP_CWORD]} help values i is_check=''
  COMPREPLY=()
  help=$("${COMP_WORDS[0]}" --help 2>/dev/null) || return
  # The command begins at the first word that is neither an option nor the value of one. Out of
  # --mode=fail bash makes three words.
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      --) break ;;
      --check) is_check=1 ;;
      -*)
        values=$(_noself_values "$help" "${COMP_WORDS[i]}") || continue
        [[ ${COMP_WORDS[i + 1]} != = ]] || ((i++))
        ((++i >= COMP_CWORD)) || continue
        [[ $word != = ]] || word=''
        mapfile -t COMPREPLY < <(compgen -W "$(tr '|' '\n' <<<"$values" | grep -v '[A-Z.]')" -- "$word")
        [[ $values != *PATH* ]] || mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$word")
        return
        ;;
      *) break ;;
    esac
  done
  [[ ${COMP_WORDS[i]} != -- || $i == "$COMP_CWORD" ]] || ((i++))
  if ((i < COMP_CWORD)) && declare -F _command_offset >/dev/null; then
    _command_offset "$i"
  elif [[ $i == "$COMP_CWORD" && $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(grep -oE '^ +(-.|--[a-z-]+)(, --[a-z-]+)?' <<<"$help" | tr ',' ' ')" -- "$word")
  elif ((i < COMP_CWORD)) || [[ -n $is_check ]]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -c -- "$word")
  fi
}
complete -o filenames -F _noself noself
