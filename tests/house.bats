#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The project's rules that a machine can check: where files are, which files include which, and that
# the tests can fail.

load lib/helpers

# sources: prints the path of every source file and script.
sources() {
  cd "$ROOT" || return
  find shim tests scripts .ci Makefile -type f | while read -r file; do
    case $file in
      *.[ch] | *.bats | *.bash | *.zsh | *.fish | *.py | *.java | Makefile) echo "$file" ;;
      *) [[ $(head -c 2 "$file" | tr -d '\0') != '#!' ]] || echo "$file" ;;
    esac
  done
}

# nothing_found: the last `run` was a search that found nothing.
nothing_found() {
  [[ $status == 1 && -z $output ]]
}

@test "the top level holds the agreed files and nothing else" {
  cd "$ROOT"
  run -0 find . -mindepth 1 -maxdepth 1 ! -name '.*' ! -name build -printf '%f\n'
  run -0 sort <<<"$output"
  [[ $output == $'CHANGELOG.md\nLICENSE\nMakefile\nREADME.md\nscripts\nshim\ntests' ]]
}

@test "every source file begins with its licence and a sentence about its content" {
  local file missing=()
  while read -r file; do
    # Words on the line of the licence or on the next one.
    head -n 3 "$ROOT/$file" | grep -A 1 'SPDX-License-Identifier: MIT' | tail -n 1 |
      grep -q '[a-z]\{2,\} [a-z]' || missing+=("$file")
  done < <(sources)
  echo "without: ${missing[*]}"
  [[ ${#missing[@]} == 0 ]]
}

# includes DIR PATTERN: prints the #include lines in shim/DIR that match.
includes() {
  grep -rnE "^#include \"($2)" "$ROOT/shim/$1" --include='*.[ch]'
}

@test "the core includes only the core, and the fronts never include each other" {
  run includes core '[a-z_]+/'
  nothing_found
  run includes preload '(supervisor|command)/'
  nothing_found
  run includes supervisor '(preload|command)/'
  nothing_found
  # The command includes only supervisor.h of the supervisor.
  run includes command 'preload/|supervisor/[^s]|supervisor/s[^u]|supervisor/supervisor[^.]'
  nothing_found
}

@test "no C file is longer than 220 lines" {
  cd "$ROOT"
  run -0 awk 'FNR == 221 { print FILENAME }' shim/*/*.[ch] tests/probes/*.[ch] tests/fuzz/*.[ch]
  echo "longer than 220 lines: $output"
  [[ -z $output ]]
}

@test "nothing is left half done or tied to one machine" {
  cd "$ROOT"
  # The brackets keep the patterns from finding this line.
  run grep -rnE '\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b|/roo[t]/|/wor[k]/' \
    shim tests scripts .ci Makefile README.md CHANGELOG.md
  nothing_found
}

@test "the text uses the terms of the manual pages" {
  cd "$ROOT"
  # Such as the library, connect_op, disconnect, directory and fix. shim/ is only a path.
  run grep -rniE --exclude=house.bats --exclude='*.zsh' \
    '\b(a|an|the|this) shim\b|shims|shimmed|\bdoors?\b|dissolv|\bfolders?\b|\bmend(s|ed|ing)?\b' \
    shim tests scripts .ci .github Makefile README.md CHANGELOG.md
  nothing_found
}

@test "every probe is used by a test, or by the demo" {
  local source name unused=()
  for source in "$ROOT"/tests/probes/*.c; do
    name=$(basename "$source" .c)
    grep -qE "\b(PROBES|STATIC|build/tests)\"?/$name\b|for probe in .*\b$name\b" \
      "$ROOT"/tests/*.bats "$ROOT"/scripts/{demo,bench/bench} || unused+=("${source##*/}")
  done
  echo "unused: ${unused[*]}"
  [[ ${#unused[@]} == 0 ]]
}

@test "tests wait for what they want, not for time to pass" {
  run grep -nE '(^|[ ;])sleep [0-9]' "$ROOT"/tests/*.bats
  nothing_found
}

@test "no test hides a failure behind a bare negation" {
  run grep -nE '^ *! ' "$ROOT"/tests/*.bats
  nothing_found
}

@test "every test file has tests, and none calls need in setup_file(), where bats cannot skip" {
  run grep -L '^@test ' "$ROOT"/tests/*.bats
  [[ -z $output ]]
  run awk '/^setup_file\(\)/ { inside = 1 } /^}/ { inside = 0 }
    inside && /^ *(need|need_[a-z]+|lacking|skip)( |$)/ { print FILENAME ": " $0 }' "$ROOT"/tests/*.bats
  [[ $status == 0 && -z $output ]]
}

# shellcheck disable=SC2016 # awk's own variables
@test "the packages are listed once each, sorted within their set" {
  run -0 awk '!/^#/ { print $2 }' "$ROOT/scripts/packages"
  [[ $(sort <<<"$output" | uniq -d) == '' ]]
  run -0 awk '!/^#/ { print ($1 == "build" ? 1 : $1 == "test" ? 2 : 3), $2 }' \
    "$ROOT/scripts/packages"
  LC_ALL=C sort -c <<<"$output"
}

@test "make lint has nothing to say" {
  need clang-format clang-tidy cppcheck shellcheck
  run -0 make --no-print-directory -C "$ROOT" lint
}
