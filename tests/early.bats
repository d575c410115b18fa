#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Calls before the library's own constructor has run, and other libraries after it.

load lib/helpers

setup_file() {
  export EARLY=$BATS_FILE_TMPDIR/libearly.so BEHIND=$BATS_FILE_TMPDIR/libbehind.so
  cc -shared -fPIC -o "$EARLY" "$ROOT/tests/lib/early.c" &&
    cc -shared -fPIC -o "$BEHIND" "$ROOT/tests/lib/behind.c"
}

setup() {
  need_namespace
}

@test "a dial from another library's constructor is covered, with the settings" {
  local rest=$'early s sends 4\nearly g sends 4\nearly G sends 1\nearly port: shown'
  # The constructor of the second preloaded library runs first.
  run -0 trap_run 50000 50000 env LD_PRELOAD="$EARLY" true
  [[ $(count '^early .: OK self=yes$') == 4 && $output == *"$rest" ]]
  run -0 trap_run 50000 50000 env LD_PRELOAD="$LIBRARY $EARLY" true
  [[ $(count '^early .: ECONNREFUSED self=no$') == 4 && $output == *"$rest" ]]
  # The dials come before the library's constructor, which reports invalid values.
  NOSELF_ERRNO=EHOSTDOWN NOSELF_MODE=bad NOSELF_LOG=stderr \
    run -0 trap_run 50000 50000 env LD_PRELOAD="$LIBRARY $EARLY" true
  [[ ${lines[0]} == *'self=127.0.0.1:50000 action=failed tries=2 result=EHOSTDOWN' ]]
  [[ $(count '^early .: EHOSTDOWN self=no$') == 4 && ${lines[-1]} == 'noself: NOSELF_MODE=bad:'* ]]
}

# seen_behind PRELOAD ARGUMENT...: prints which of the dial's calls the last library sees.
seen_behind() {
  trap_run 50000 50001 env LD_PRELOAD="$1" "$PROBES/dial" "${@:2}" 2>&1 | sed -n 's/^behind: //p'
}

@test "every call is passed on to the next library" {
  local way seen
  for way in bind:-b127.0.0.1 connect:-n sendto:-s sendmsg:-g sendmmsg:-G; do
    seen=$(seen_behind "$BEHIND" "${way#*:}" 127.0.0.1 40000)
    [[ $seen == *"${way%:*}"* ]]
    [[ $(seen_behind "$LIBRARY $BEHIND" "${way#*:}" 127.0.0.1 40000) == "$seen" ]]
  done
  # A retry is passed on too.
  [[ $(seen_behind "$LIBRARY $BEHIND" 127.0.0.1 50000 | grep -c connect) == 2 ]]
}
