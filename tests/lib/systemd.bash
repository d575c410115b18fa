# SPDX-License-Identifier: MIT
# A real systemd as PID 1 of namespaces of its own, for the tests of one file.
# shellcheck shell=bash disable=SC2016,SC2153 # inner shells expand what is quoted; ROOT is a helper

# boot_systemd: starts it, in BOOT, with PID1 as its pid and BOOTER as the process to end. Its network
# has lo and 50000 as the one ephemeral port; /etc and /run are its own. Fails if it does not come up.
boot_systemd() {
  BOOT=$(mktemp -d /tmp/noself-boot.XXXXXX)
  mkdir "$BOOT/mount"
  unshare -m "$ROOT/tests/lib/boot-systemd" "$BOOT" </dev/null >"$BOOT/log" 2>&1 3>&- &
  BOOTER=$!
  export BOOT BOOTER PID1
  wait_for 10 test -s "$BOOT/pid" && PID1=$(<"$BOOT/pid") &&
    wait_for 30 inside systemctl -q is-active test.target 2>/dev/null && return
  cat "$BOOT/log"
  return 1
}

# end_systemd: ends it, and all that it runs, and removes its directory and control groups.
end_systemd() {
  [[ -n ${BOOTER-} ]] || return 0
  kill -KILL "$BOOTER" 2>/dev/null || true
  wait_for 10 test ! -d "/proc/${PID1:-$BOOTER}"
  unshare -m bash -c 'mount -t cgroup2 none "$0/mount" &&
    wait_for 5 find "$0/mount/noself.${0##*/}" -type d -delete' "$BOOT" 2>/dev/null || true
  rm -rf "$BOOT"
}

# inside CMD...: runs CMD, a program, in the namespaces of that systemd.
inside() {
  nsenter -t "$PID1" -m -n -p -u -i -C -- "$@"
}

# can_boot_systemd: is all there that it takes? For setup_file, where bats cannot skip.
can_boot_systemd() {
  [[ $EUID == 0 && -x /lib/systemd/systemd ]] && command -v systemctl journalctl nsenter >/dev/null
}

# need_systemd: skips the test where no systemd can be booted.
need_systemd() {
  can_boot_systemd || lacking "no systemd can be booted: that takes root, systemd and nsenter"
}

# unit NAME [LINE...]: makes a unit of these lines there; a path in NAME is one below /etc/systemd/system.
unit() {
  printf '%s\n' '[Unit]' 'DefaultDependencies=no' '[Service]' "${@:2}" |
    inside sh -c 'mkdir -p "$(dirname "$0")" && cat >"$0"' "/etc/systemd/system/$1"
  inside systemctl daemon-reload
}

# said UNIT: what it wrote to the journal since it was last started, a line each.
said() {
  inside journalctl --sync
  inside journalctl -q --no-pager -o cat "_SYSTEMD_INVOCATION_ID=$(inside systemctl show -p InvocationID --value "$1")"
}

export -f inside
