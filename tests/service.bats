#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A service can start on its port right after its own client dialled it in vain.

load lib/helpers

setup() {
  need_namespace
}

@test "bare, the client holds the port and then leaves it in TIME_WAIT: no start succeeds" {
  run -1 trap_run 50000 50000 "$PROBES/service" 100 50000
  [[ $output == "of 100 starts: 0 beside the client, 0 after it" ]]
}

@test "under the shim a service without SO_REUSEADDR starts after each of 100 dials" {
  run -0 trap_run 50000 50000 shimmed "$PROBES/service" 100 50000
  [[ $output == "of 100 starts: 100 beside the client, 100 after it" ]]
}

@test "under the shim a failed dial leaves nothing in the connection table" {
  left_behind() {
    "$@"
    awk 'FNR > 1' /proc/net/tcp
  }
  export -f left_behind
  run -0 trap_run 50000 50000 left_behind "$PROBES/dials" 1 50000 || true
  [[ $output == *"1 reached themselves"*":C350"*":C350 06"* ]]
  run -0 trap_run 50000 50000 left_behind shimmed "$PROBES/dials" 1 50000
  [[ $output == "1 dials, 1 refused, 0 reached themselves" ]]
}
