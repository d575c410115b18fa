#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# make bench: it runs, measures all that it should, and says so where it could not. What comes out
# is not for a test to judge.

load lib/helpers

# It takes a while, and all the other preloaded libraries.
needs() {
  [[ ${NOSELF_FULL:-0} == 1 ]] || skip 'only under --full'
  need datamash gnuplot strace valgrind
  need_namespace
}

bench() {
  make --no-print-directory -s -C "$ROOT" bench QUICK=1 RESULTS="$BATS_TEST_TMPDIR/results"
}

@test "make bench measures all seven things and draws a picture" {
  local number
  needs
  run -0 --separate-stderr bench
  [[ $output == "$(cat "$BATS_TEST_TMPDIR/results/bench.md")" ]]
  [[ $output != *'not measured'* ]]
  for number in 1 2 3 4 5 6 7; do
    [[ $output == *$'\n'"| $number | "* ]]
  done
  # Four numbers of threads, twice; five other libraries; a figure in every row that has a mark.
  [[ $(grep -c '^| 1 | connect + accept + close' <<<"$output") == 8 ]]
  [[ $(grep -c '| noself below |' <<<"$output") == 5 ]]
  run -0 grep -E '\| (yes|no) \|$' <<<"$output"
  run -1 grep -vE '^\| [1-7] \| [^|]+ \| ×?[0-9]' <<<"$output"
  grep -q '<svg' "$BATS_TEST_TMPDIR/results/bench.svg"
}

@test "make bench says of a row that it could not measure it, and why, and goes on" {
  needs
  # Every program but two.
  mkdir "$BATS_TEST_TMPDIR/bin"
  ln -sf /bin/* /sbin/* /usr/bin/* /usr/sbin/* "$BATS_TEST_TMPDIR/bin/"
  rm "$BATS_TEST_TMPDIR/bin/strace" "$BATS_TEST_TMPDIR/bin/valgrind"
  PATH=$BATS_TEST_TMPDIR/bin run -0 --separate-stderr bench
  [[ $(grep -c '^| 2 .* not measured: strace is not installed' <<<"$output") == 8 ]]
  [[ $(grep -c '^| 3 .* not measured: valgrind is not installed' <<<"$output") == 3 ]]
  [[ $(grep -c 'not measured' <<<"$output") == 11 ]]
  [[ $output == *$'\n| 7 | connections '* ]]
}

@test "make bench used wrongly measures nothing" {
  run -2 "$ROOT/scripts/bench/bench" --fast
  [[ $output == "bench: expected [--quick] DIRECTORY, got '--fast'; nothing was measured" ]]
}

@test "a quick run's figures are not published" {
  local before
  before=$(sha256sum "$ROOT/README.md")
  echo 'Ratios of one quick run' >"$BATS_TEST_TMPDIR/bench.md"
  echo '<svg/>' >"$BATS_TEST_TMPDIR/bench.svg"
  run -1 "$ROOT/scripts/bench/publish" "$BATS_TEST_TMPDIR"
  [[ $output == *'has a quick run, expected a full one'*'nothing done' ]]
  [[ $(sha256sum "$ROOT/README.md") == "$before" ]]
}

@test "the README shows a full run's table, all seven things and the machine, and its picture" {
  local number table
  table=$(sed -n '/^<!-- bench begin/,/^<!-- bench end/p' "$ROOT/README.md")
  [[ $table == *'Ratios of one run'*'processors, Linux '*'marks met.'* ]]
  for number in 1 2 3 4 5 6 7; do
    [[ $table == *$'\n'"| $number | "* ]]
  done
  [[ $table == *'(scripts/bench/bench.svg)'* ]]
  grep -q '<svg' "$ROOT/scripts/bench/bench.svg"
}
