# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Bash completion for noself: its options and their values, then a command as ever.

_noself() {
  local word=${COMP_WORDS[COMP_CWORD]} before='' i
  COMPREPLY=()
  # the command begins at the first word that is neither an option nor an option's value
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      --)
        ((i++))
        break
        ;;
      -[mrepbl] | --mode | --retries | --errno | --pinned | --bind-no-port | --log)
        # bash makes a word of its own of the =
        [[ ${COMP_WORDS[i + 1]-} == = ]] && ((i++))
        before=${COMP_WORDS[i]}
        [[ $before != = ]] || before=${COMP_WORDS[i - 1]}
        ((i + 1 < COMP_CWORD)) || break
        before=''
        ((i++))
        ;;
      -*) ;;
      *) break ;;
    esac
  done
  if [[ -z $before ]] && ((i < COMP_CWORD)); then
    if declare -F _command_offset >/dev/null; then
      _command_offset "$i"
    else
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
    return
  fi
  [[ $word != = ]] || word=''
  case $before in
    -m | --mode) mapfile -t COMPREPLY < <(compgen -W 'retry fail observe' -- "$word") ;;
    -r | --retries) mapfile -t COMPREPLY < <(compgen -W '{1..16}' -- "$word") ;;
    -e | --errno)
      mapfile -t COMPREPLY < <(compgen -W 'ECONNREFUSED EADDRNOTAVAIL ECONNRESET ETIMEDOUT EHOSTUNREACH' -- "$word")
      ;;
    -p | --pinned) mapfile -t COMPREPLY < <(compgen -W 'fail allow' -- "$word") ;;
    -b | --bind-no-port) mapfile -t COMPREPLY < <(compgen -W '0 1' -- "$word") ;;
    -l | --log) mapfile -t COMPREPLY < <(compgen -W 'off stderr' -f -- "$word") ;;
    *)
      if [[ $word == -* && ${COMP_WORDS[i - 1]} != -- ]]; then
        mapfile -t COMPREPLY < <(compgen -W '-m --mode -r --retries -e --errno -p --pinned -b
          --bind-no-port -l --log --force -h --help -V --version' -- "$word")
      else
        mapfile -t COMPREPLY < <(compgen -c -- "$word")
      fi
      ;;
  esac
}
complete -o filenames -F _noself noself
