#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The README's pictures are what their script draws, and show what this kernel does.

load lib/helpers

PICTURES=$ROOT/scripts/pictures

setup() {
  need python3
}

@test "the pictures are what their script draws from what was measured, for dark pages too" {
  "$PICTURES/draw" "$BATS_TEST_TMPDIR"
  cmp "$BATS_TEST_TMPDIR/port-walk.svg" "$PICTURES/port-walk.svg"
  cmp "$BATS_TEST_TMPDIR/self-connection.svg" "$PICTURES/self-connection.svg"
  local picture
  for picture in "$PICTURES"/*.svg "$ROOT/scripts/bench/bench.svg"; do
    python3 -c 'import sys, xml.dom.minidom as x; x.parse(sys.argv[1])' "$picture"
    grep -q 'prefers-color-scheme: dark' "$picture"
    run ! grep -qE '(href|src|url)=.?http' "$picture"
  done
}

# is_walk JSON: the ports leave in steps of two, none twice in a row, and only the last is the port
# dialled.
is_walk() {
  python3 -c '
import json, sys
walk = json.loads(sys.argv[1])
*before, last = walk["from"]
low, high = walk["range"]
assert last == walk["dialled"] and last not in before, walk
assert all(low <= port <= high and port % 2 == last % 2 for port in before), walk
assert all(a != b for a, b in zip(walk["from"], walk["from"][1:])), walk' "$1"
}

measured() {
  python3 -c 'import json, sys; print(json.dumps(json.load(open(sys.argv[1]))[sys.argv[2]]))' \
    "$PICTURES/measured.json" "$1"
}

@test "this kernel picks ports as in the picture, and reaches the one that is dialled" {
  need_namespace
  is_walk "$(measured walk)"
  run -0 trap_run 50000 50031 "$PICTURES/measure" walk 50020
  is_walk "$output"
}

@test "the packets of a self-connection on this kernel are those in the picture" {
  need_namespace
  run -0 trap_run 50000 50000 "$PICTURES/measure" packets 50000
  [[ $output == "$(measured packets)" ]]
}
