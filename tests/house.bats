#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The project's rules that a machine can check: where files are, which files include which, and that
# the tests can fail.

load lib/helpers

setup() {
  cd "$ROOT" || return
}

# nowhere PATTERN [OPTION...] FILE...: no line of these files and directories matches.
nowhere() {
  run -1 grep -rnE -e "$@"
}

@test "the top level holds the agreed files and nothing else" {
  run -0 find . -mindepth 1 -maxdepth 1 ! -name '.*' ! -name build -printf '%f\n'
  run -0 sort <<<"$output"
  [[ $output == $'CHANGELOG.md\nLICENSE\nMakefile\nREADME.md\nscripts\nshim\ntests' ]]
}

@test "the core includes only the core, and the fronts never include each other" {
  nowhere '^#include "[a-z_]+/' shim/core
  nowhere '^#include "(supervisor|command)/' shim/preload
  nowhere '^#include "(preload|command)/' shim/supervisor
  # The command includes only supervisor.h of the supervisor.
  nowhere '^#include "(preload/|supervisor/[^s]|supervisor/s[^u]|supervisor/supervisor[^.])' shim/command
}

@test "no C file is longer than 220 lines" {
  run -0 awk 'FNR == 221 { print FILENAME }' shim/*/*.[ch] tests/{probes,fuzz}/*.[ch]
  [[ -z $output ]]
}

@test "nothing is left half done or tied to one machine, and the text uses the manual's terms" {
  local text=(shim tests scripts .ci Makefile README.md CHANGELOG.md)
  # The brackets keep the patterns from finding this line.
  nowhere '\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b|/roo[t]/|/wor[k]/' "${text[@]}"
  # Such as the library, connect_op, disconnect, directory and fix. shim/ is only a path.
  nowhere '\b(a|an|the|this) shim\b|shims|shimmed|\bdoors?\b|dissolv|\bfolders?\b|\bmend(s|ed|ing)?\b' \
    -i --exclude=house.bats --exclude='*.zsh' .github "${text[@]}"
}

@test "tests wait for what they want, and hide no failure behind a bare negation" {
  nowhere '(^|[ ;])sleep [0-9]' tests/*.bats
  nowhere '^ *! ' tests/*.bats
}

@test "make lint has nothing to say" {
  need clang-format clang-tidy cppcheck shellcheck
  run -0 make --no-print-directory lint
}
