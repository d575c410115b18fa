# SPDX-License-Identifier: MIT
# A real systemd as PID 1 of namespaces of its own, for the tests of one file.
# shellcheck shell=bash disable=SC2016,SC2153 # inner shells expand what is quoted; ROOT is a helper

# become_systemd DIRECTORY: becomes a systemd that is PID 1 of its own namespaces and cannot change the
# machine. Its pid outside goes to DIRECTORY/pid.
become_systemd() {
  set -eu
  # Its own control group, so that it finds no other processes in its root.
  mount -t cgroup2 none "$1/mount"
  mkdir "$1/mount/noself.${1##*/}"
  echo $$ >"$1/mount/noself.${1##*/}/cgroup.procs"
  umount "$1/mount"
  exec unshare --pid --mount --net --uts --ipc --cgroup --fork --kill-child \
    bash -c 'as_pid_1 "$0"' "$1"
}

as_pid_1() {
  set -eu
  local pid
  # /proc is still the outer one, in which this process has another pid.
  read -r pid _ </proc/self/stat
  echo "$pid" >"$1/pid"
  mount --make-rprivate /
  mount -t proc proc /proc
  mount -t sysfs sysfs /sys
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
  mount -t tmpfs none /run
  mkdir -p /run/overlay/upper /run/overlay/work
  mount -t overlay -o lowerdir=/etc,upperdir=/run/overlay/upper,workdir=/run/overlay/work none /etc
  rm -rf /etc/systemd/system /etc/systemd/user
  mkdir -p /etc/systemd/system /run/systemd/journald.conf.d
  mount -t tmpfs none /var/log
  mount -t tmpfs none /var/lib/systemd
  ip link set lo up
  echo 50000 50000 >/proc/sys/net/ipv4/ip_local_port_range
  mount --bind /proc/sys /proc/sys
  mount -o remount,bind,ro /proc/sys
  echo 0123456789abcdef0123456789abcdef >/etc/machine-id
  printf '%s\n' '[Journal]' Storage=volatile ReadKMsg=no Audit=no ForwardToSyslog=no \
    >/run/systemd/journald.conf.d/test.conf
  printf '%s\n' '[Unit]' DefaultDependencies=no AllowIsolate=yes After=systemd-journald.service \
    'Requires=systemd-journald.socket systemd-journald.service' >/etc/systemd/system/test.target
  exec env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    /lib/systemd/systemd --system --unit=test.target --log-target=console --show-status=no
}
export -f become_systemd as_pid_1

# boot_systemd: starts it, in BOOT, with PID1 as its pid and BOOTER as the process to end. Its network
# has lo and 50000 as the one ephemeral port; /etc and /run are its own. Fails if it does not come up.
boot_systemd() {
  BOOT=$(mktemp -d "${TMPDIR:-/tmp}/noself-boot.XXXXXX")
  mkdir "$BOOT/mount"
  unshare -m bash -c 'become_systemd "$0"' "$BOOT" </dev/null >"$BOOT/log" 2>&1 3>&- &
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
