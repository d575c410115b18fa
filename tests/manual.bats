#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The manual pages: their form, and that they name what there is.

load lib/helpers

PAGES=$ROOT/shim/man

@test "mandoc's lint has no complaint about the manual pages" {
  need mandoc
  local page reference
  for page in "$PAGES"/*; do
    # Whether pages of other packages are installed here is no matter.
    run -1 grep -v 'referenced manual not found' < <(mandoc -Tlint "$page" 2>/dev/null)
    [[ -z $output ]]
    run -0 sed -n 's/^\.Xr \(noself[a-z]*\|libnoself\) \([0-9]\).*/\1.\2/p' "$page"
    for reference in "${lines[@]}"; do
      [[ -e $PAGES/$reference ]]
    done
  done
}

@test "the manual pages name every option and every variable" {
  local option variable
  run -0 grep -oE -- '  (-[a-zA-Z], |    )--[a-z-]+' < <("$BUILD/noself" --help)
  [[ ${#lines[@]} == 13 ]]
  for option in "${lines[@]}"; do
    grep -q "Fl -${option#*--}\b" "$PAGES/noself.1"
  done
  run -0 grep -oE -- '--[a-z]+' < <("$ROOT/scripts/noselfctl" --help | sed '/OPTION is one/,$d')
  for option in "${lines[@]}"; do
    grep -q "Fl -${option#--}\b" "$PAGES/noselfctl.8"
  done
  run -0 sed -n 's/.*"\(NOSELF_[A-Z_]*\)".*/\1/p' "$ROOT/shim/core/settings.c"
  [[ ${#lines[@]} == 7 ]]
  for variable in "${lines[@]}"; do
    grep -q "Ev.*$variable\b" "$PAGES/libnoself.7"
    grep -q "$variable\b" "$PAGES/noself.1"
  done
}
