#compdef noself
# SPDX-License-Identifier: MIT
# Zsh completion for noself: the options and values that `noself --help` names, then a command.

local -a specs values lines=("${(@f)$($words[1] --help 2>/dev/null)}")
local match mbegin mend help action
integer i
for ((i = 1; i < $#lines; i++)); do
  help="[${lines[i + 1]#"${lines[i + 1]%%[^ ]*}"}]"
  if [[ $lines[i] =~ '^  -(.), --([a-z-]+)=(.*)$' ]]; then
    values=(${(s:|:)match[3]})
    values=(${values:#*[A-Z.]*})
    action="($values)"
    [[ $match[3] != *PATH* ]] || action="{compadd -- $values; _files}"
    specs+=("(-$match[1] --$match[2])"{-$match[1]+,--$match[2]=}"$help:value:$action")
  elif [[ $lines[i] =~ '^  -(.), --([a-z-]+)$' ]]; then
    specs+=("(-$match[1] --$match[2])"{-$match[1],--$match[2]}"$help")
  elif [[ $lines[i] =~ '^      --([a-z-]+)$' ]]; then
    specs+=("--$match[1]$help")
  fi
done
_arguments -s -S $specs '(-):command:_command_names -e' '*::argument:_normal'
