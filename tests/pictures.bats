#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The README's pictures are drawn by their script and show what this kernel does.

load lib/helpers

PICTURES=$ROOT/scripts/pictures

setup() {
  need python3
}

@test "the published pictures are what their script draws from the measured data, for dark pages too" {
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

@test "a self-connection on this kernel sends the packets in the picture" {
  need_namespace
  run -0 trap_run 50000 50000 "$PICTURES/measure" packets 50000
  run -0 python3 -c 'import json, sys
assert json.load(open(sys.argv[1]))["packets"] == json.loads(sys.argv[2])' \
    "$PICTURES/measured.json" "$output"
}
