#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Completion of both commands in bash, zsh and fish, which ask --help for the options and values.

load lib/helpers

# What is typed before Tab, and its last word afterwards.
TABLE='noself --mod|--mode
noself --che|--check
noself -m ob|observe
noself --mode=ob|observe
noself -l std|stderr
noself -l prog|program
noself -m fail unshar|unshare
noselfctl che|check
noselfctl enable --pin|--pinned
noselfctl enable -m ob|observe
noselfctl enable -l /et|/etc
noselfctl disable --user enab|enabled.service
noselfctl ports --j|--json
noselfctl check prog|program'

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  PATH=$ROOT/build:$ROOT/scripts:$PATH
  export HOME=$PWD
  unset XDG_CONFIG_HOME
  mkdir -p .config/systemd/user/enabled.service.d
  touch program .config/systemd/user/enabled.service.d/noself.conf
}

# completes SHELL: the function SHELL, called with what is typed, prints the last words.
completes() {
  local typed
  mapfile -t typed < <(cut -d '|' -f 1 <<<"$TABLE")
  "$1" "${typed[@]}" | sed 's|[=/ ]*$||; s|.*[ =]||' >completed
  diff <(cut -d '|' -f 2 <<<"$TABLE") completed
}

in_bash() {
  local line COMP_WORDS COMP_CWORD COMPREPLY
  # shellcheck source=/dev/null
  . "$ROOT/scripts/completions/noself.bash"
  # shellcheck source=/dev/null
  . "$ROOT/scripts/completions/noselfctl.bash"
  for line; do
    # Out of --mode=fail bash makes three words.
    read -ra COMP_WORDS <<<"${line/=/ = }"
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    "_${COMP_WORDS[0]}"
    printf '%s\n' "${COMPREPLY[@]}" | sort -u
  done
}

in_zsh() {
  cp "$ROOT/scripts/completions/noself.zsh" _noself
  cp "$ROOT/scripts/completions/noselfctl.zsh" _noselfctl
  timeout 60 zsh -f "$ROOT/tests/lib/complete.zsh" "$@"
}

# shellcheck disable=SC2016 # fish expands these
in_fish() {
  fish --no-config -c 'source $argv[1]/noself.fish; source $argv[1]/noselfctl.fish
    for line in $argv[2..]; complete -C $line | cut -f 1; end' "$ROOT/scripts/completions" "$@"
}

@test "bash completes commands, options, values, files, enabled units and processes" {
  completes in_bash
  [[ $(in_bash 'noselfctl enable -l prog') == '' ]]
  [[ $(in_bash 'noself --check prog') == program && $(in_bash 'noselfctl status 1') == 1* ]]
}

@test "zsh completes commands, options, values, files and enabled units" {
  need zsh
  completes in_zsh
  [[ $(in_zsh 'noselfctl enable -l prog') == *' prog' ]]
}

@test "fish completes commands, options, values, files and enabled units" {
  need fish
  completes in_fish
}
