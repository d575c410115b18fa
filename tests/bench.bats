#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# make bench: it measures everything, or says what it could not measure. The tests do not check the
# figures.

load lib/helpers

# figures FILE: prints the name of each row and whether it has a figure.
figures() {
  sed -nE 's/^\| ([^|-][^|]*) \| (-?[0-9.]+ ± |[0-9]+ KiB|not measured).*/\1: \2/p' "$1"
}

@test "make bench measures everything once and says that a quick run is not for publication" {
  local results=$BATS_TEST_TMPDIR/results
  [[ ${NOSELF_FULL:-0} == 1 ]] || skip 'only under --full'
  need eatmydata faketime mptcpize proxychains4 torsocks
  need_namespace
  make --no-print-directory -s -C "$ROOT" bench QUICK=1 RESULTS="$results"
  run -0 figures "$results/RESULTS.md"
  [[ ${#lines[@]} == 35 && $output != *'not measured'* ]]
  grep -q '^\*\*Not for publication: a quick run\.\*\*$' "$results/RESULTS.md"
  # Without the other libraries.
  mkdir "$BATS_TEST_TMPDIR/bin"
  ln -s /usr/bin/python3 "$(command -v env)" "$(command -v unshare)" "$(command -v sh)" \
    "$(command -v ip)" "$BATS_TEST_TMPDIR/bin"
  PATH=$BATS_TEST_TMPDIR/bin run -0 "$ROOT/scripts/bench/bench" --quick "$results"
  grep -q 'torsocks. | not measured: torsocks is not there |' "$results/RESULTS.md"
}

@test "the published results come from a full run on an idle machine" {
  run -0 figures "$ROOT/scripts/bench/RESULTS.md"
  [[ ${#lines[@]} == 35 && $output != *'not measured'* ]]
  run -0 grep -E '^Measured on 20[0-9-]+: .* processors, .*; load average' "$ROOT/scripts/bench/RESULTS.md"
  run -1 grep 'Not for publication' "$ROOT/scripts/bench/RESULTS.md"
}

@test "a benchmark that is called wrongly measures nothing" {
  run -2 "$ROOT/scripts/bench/bench" --fast
  [[ $output == "bench: expected [--quick] DIRECTORY, got '--fast'" ]]
}
