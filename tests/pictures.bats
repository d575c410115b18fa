#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The README's pictures are what their script draws, and show what the kernel does.

load lib/helpers

PICTURES=$ROOT/scripts/pictures

setup() {
  need python3
}

@test "the pictures are what their script draws from what was measured" {
  "$PICTURES/draw" "$BATS_TEST_TMPDIR"
  local picture
  for picture in port-walk.svg self-connection.svg; do
    cmp "$BATS_TEST_TMPDIR/$picture" "$PICTURES/$picture"
    python3 -c 'import sys, xml.dom.minidom as x; x.parse(sys.argv[1])' "$PICTURES/$picture"
    grep -q 'prefers-color-scheme: dark' "$PICTURES/$picture"
    run ! grep -qE '(href|src|url)=.?http' "$PICTURES/$picture"
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

@test "this kernel walks its ports as in the picture, and meets the one that is dialled" {
  need_namespace
  is_walk "$(measured walk)"
  run -0 trap_run 50000 50031 "$PICTURES/measure" walk 50020
  is_walk "$output"
  run -1 is_walk '{"range": [50000, 50031], "dialled": 50020, "from": [50001, 50020]}'
}

@test "the packets of a self-connection on this kernel are those in the picture" {
  need_namespace
  run -0 trap_run 50000 50000 "$PICTURES/measure" packets 50000
  [[ $output == "$(measured packets)" ]]
}
