#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The supervisor: static programs cannot connect to themselves; nothing else changes.
# shellcheck disable=SC2016,SC2030,SC2031,SC2086,SC2153,SC2154,SC2317 # other shells expand what is quoted
# here; bats runs each test in a subshell, sets variables and calls functions; BEFORE is to be split

load lib/helpers
load lib/systemd

# The static probes and noself, in a directory where every user may run them.
setup_file() {
  local probe
  STATIC=$(mktemp -d /tmp/noself-static.XXXXXX)
  export STATIC NOSELF=$STATIC/noself
  chmod 755 "$STATIC"
  cp "$BUILD/noself" "$BUILD/libnoself.so" "$STATIC"
  for probe in dial storm_dials supervised confined odd_calls others; do
    "${CC:-cc}" -std=gnu11 -O1 -static -pthread -o "$STATIC/$probe" "$ROOT/tests/probes/$probe.c" 2>/dev/null
  done
}

teardown_file() {
  rm -rf "$STATIC"
}

teardown() {
  end_systemd
}

setup() {
  need_namespace
}

# baseline CMD..., supervised CMD...: run CMD without the supervisor and with it.
baseline() { "$@"; }
supervised() { "$NOSELF" "$@"; }
export -f baseline supervised

# same WANTED CMD...: without the supervisor and with it CMD's output matches the pattern, and the
# exit status is the same.
same() {
  local how wanted=$1 first=
  for how in baseline supervised; do
    run trap_run 32768 60999 "$how" "${@:2}"
    echo "$how: $status $output"
    # shellcheck disable=SC2053 # a pattern
    [[ $output == $wanted && $status == "${first:-$status}" ]]
    first=$status
  done
}

# prevented CMD...: CMD prints that it reached itself, and with the supervisor that it was refused.
# BEFORE is a function, with arguments, to call first.
prevented() {
  run trap_run 50000 50001 ${BEFORE-} baseline "$@"
  echo "$*: $output"
  [[ $output == *self=yes* || $output =~ [1-9][0-9]*\ reached\ themselves ]]
  run trap_run 50000 50001 ${BEFORE-} supervised "$@"
  echo "supervised: $output"
  [[ $output == *result=ECONNREFUSED*self=no* || $output == *' 0 reached themselves'* ]]
}

@test "a static client connects to itself in a range of eleven ports, and never with the supervisor" {
  local port count=20000
  [[ ${NOSELF_FULL:-0} == 0 ]] || count=200000
  run -1 trap_run 50000 50010 "$STATIC/dial" -qc 2000 127.0.0.1 50004
  for port in 50000 50004 50010; do
    run -0 trap_run 50000 50010 supervised "$STATIC/dial" -qc $count 127.0.0.1 $port
    [[ $output == "$count dials, $count refused, 0 reached themselves" ]]
  done
  run -0 trap_run 50000 50010 supervised "$STATIC/storm_dials" -t 4 -n $count 50004
  echo "$output"
  [[ $output == *"$count dials, "*' 0 reached themselves, '*' 0 otherwise;'* ]]
}

@test "no other way to dial connects a socket to itself with the supervisor" {
  local way
  for way in -s -g -G -n -m -f -t '-n -m'; do
    # shellcheck disable=SC2086 # to be split
    prevented "$STATIC/dial" $way 127.0.0.1 50000
  done
  # bind() prefers ports of the other parity, so 50001 is chosen.
  prevented "$STATIC/dial" -b 127.0.0.1 127.0.0.1 50001
  for way in ::1 ::ffff:127.0.0.1 0.0.0.0 :: ::ffff:0.0.0.0; do
    prevented "$STATIC/dial" "$way" 50000
  done
  prevented "$STATIC/supervised" unshared 127.0.0.1 50000 1000
  [[ $output == 'range of the other socket: 0; '* ]]
  [[ $(uname -m) != x86_64 ]] || prevented "$STATIC/supervised" socketcall 127.0.0.1 50000 1000
}

@test "a dial of an own address, with or without a scope, does not either" {
  own() { ip address add "$1" dev lo && "${@:2}"; }
  export -f own
  need ip
  BEFORE='own 10.1.2.3/32' prevented "$STATIC/dial" 10.1.2.3 50000
  BEFORE='own fd00::5/128' prevented "$STATIC/dial" fd00::5 50000
  BEFORE='own fe80::5/64' prevented "$STATIC/dial" fe80::5%lo 50000
}

@test "a dial in a child network namespace with another range does not either" {
  inner() { unshare -n bash -c 'lo_up && echo "50004 50005" >/proc/sys/net/ipv4/ip_local_port_range && "$@"' - "$@"; }
  unprivileged() { setpriv --reuid 65534 --regid 65534 --clear-groups "$NOSELF" -s unshare -Urn bash -c \
    'lo_up && echo "50004 50005" >/proc/sys/net/ipv4/ip_local_port_range && "$@"' - "$@"; }
  export -f inner unprivileged
  local port
  for port in 50004 50005; do
    run -0 trap_run 50000 50001 supervised -s bash -c 'inner "$@"' - "$STATIC/dial" -qc 1000 127.0.0.1 $port
    [[ $output == *' 0 reached themselves' ]]
  done
  run -1 trap_run 50000 50001 inner "$STATIC/dial" -qc 1000 127.0.0.1 50004
  [[ $EUID == 0 ]] || return 0
  for port in 50004 50005; do
    run -0 trap_run 50000 50001 unprivileged "$STATIC/dial" -qc 1000 127.0.0.1 $port
    [[ $output == *' 0 reached themselves' ]]
  done
}

@test "on kernels before 6.9, which lack PIDFD_THREAD, it does not either" {
  [[ $(uname -m) == x86_64 ]] || skip "the number of pidfd_open() is another one here"
  # The kernel refuses PIDFD_THREAD.
  run -0 trap_run 50000 50001 "$STATIC/confined" forbid 434 1 128 22 \
    "$NOSELF" "$STATIC/storm_dials" -t 4 -n 2000 50000
  echo "$output"
  [[ $output == *' 0 reached themselves, '* ]]
  # A thread with its own descriptors is not covered, and no socket of another table is changed.
  run trap_run 50000 50001 "$STATIC/confined" forbid 434 1 128 22 \
    "$NOSELF" "$STATIC/supervised" unshared 127.0.0.1 50000 10
  [[ $output == 'range of the other socket: 0; 0 refused, 10 reached themselves' ]]
}

@test "a socket that dials port after port is refused when no port is left" {
  run -0 trap_run 50000 50010 supervised "$STATIC/supervised" again 127.0.0.1 50000 11
  [[ $output == '11 refused, 0 reached themselves' ]]
}

@test "a Go program whose threads are preempted by signals and a static Rust program do not either" {
  need go
  [[ -x /usr/bin/rustc ]] || lacking "rustc is not installed"
  export RUSTC=/usr/bin/rustc
  GOCACHE=$BATS_TEST_TMPDIR/cache CGO_ENABLED=0 go build -o "$BATS_TEST_TMPDIR/go" "$ROOT/tests/lib/dial.go"
  "$RUSTC" -C target-feature=+crt-static -o "$BATS_TEST_TMPDIR/rust" "$ROOT/tests/lib/dial.rs"
  prevented "$BATS_TEST_TMPDIR/go" 500 50000
  prevented "$BATS_TEST_TMPDIR/rust" 500 50000
}

@test "a static busybox nc does not connect to itself with the supervisor" {
  need apt-get dpkg
  cd "$BATS_TEST_TMPDIR"
  apt-get download busybox-static &>/dev/null || lacking "busybox-static cannot be fetched"
  dpkg -x busybox-static_*.deb .
  nc() {
    local reached=0
    for ((i = 0; i < $1; i++)); do
      if "${@:2}" bin/busybox nc 127.0.0.1 50000 </dev/null; then ((++reached)); fi
    done
    echo "$reached reached themselves"
  }
  export -f nc
  run -0 trap_run 50000 50001 nc 1 env
  [[ ${lines[-1]} == '1 reached themselves' ]]
  run -0 trap_run 50000 50001 nc 500 "$NOSELF"
  [[ ${lines[-1]} == '0 reached themselves' ]]
}

@test "a dial without another source port fails with NOSELF_ERRNO and gives a log line" {
  run -0 --separate-stderr trap_run 50000 50000 "$NOSELF" -e EHOSTUNREACH -l stderr "$STATIC/dial" 127.0.0.1 50000
  [[ $output == 'returned=EHOSTUNREACH '* ]]
  [[ $stderr =~ ^noself\[[0-9]+\]:\ comm=dial\ fd=[0-9]+\ self=127.0.0.1:50000\ action=failed\ tries=0\ result=EHOSTUNREACH$ ]]
}

@test "a pinned socket fails or is allowed, by NOSELF_PINNED, and only if it would reach itself" {
  local log=$BATS_TEST_TMPDIR/log
  run -1 trap_run 50000 50001 "$STATIC/dial" -b 127.0.0.1 -p 18084 127.0.0.1 18084
  run -0 trap_run 50000 50001 "$NOSELF" -l "$log" "$STATIC/dial" -b 127.0.0.1 -p 18084 127.0.0.1 18084
  [[ $output == 'returned=ECONNREFUSED '* ]]
  run -0 trap_run 50000 50001 "$NOSELF" -l "$log" "$STATIC/dial" -b :: -p 18084 :: 18084
  run -1 trap_run 50000 50001 "$NOSELF" -l "$log" -p allow "$STATIC/dial" -p 18084 127.0.0.1 18084
  # The dial's source address is 127.0.0.1, so it cannot reach itself: the kernel answers.
  run -0 trap_run 50000 50001 "$NOSELF" -l "$log" -e EPERM "$STATIC/dial" -p 18084 127.0.0.2 18084
  [[ $output == 'returned=ECONNREFUSED '* ]]
  run -0 sed 's/.*comm=dial fd=[0-9]* //' "$log"
  [[ ${lines[0]} == 'self=127.0.0.1:18084 action=failed tries=0 result=ECONNREFUSED' ]]
  [[ ${lines[1]} == 'self=[::1]:18084 action=failed tries=0 result=ECONNREFUSED' ]]
  [[ ${lines[2]} == 'self=127.0.0.1:18084 action=allowed tries=0 result=OK' ]]
  [[ ${#lines[@]} == 3 ]]
}

@test "with library and supervisor, each self-connection is logged once" {
  local log=$BATS_TEST_TMPDIR/log
  trap_run 50000 50001 "$NOSELF" -s -l "$log" "$PROBES/dial" -p 18084 127.0.0.1 18084
  trap_run 50000 50001 "$NOSELF" -s -l "$log" -p allow "$PROBES/dial" -p 18084 127.0.0.1 18084 || true
  [[ $(wc -l <"$log") == 2 ]]
}

@test "a log pipe that nobody reads blocks no dial" {
  mkfifo "$BATS_TEST_TMPDIR/fifo"
  full() { exec 8<>"$1" && ! dd if=/dev/zero of=/dev/fd/8 oflag=nonblock && "${@:2}" 2>&8; }
  export -f full
  run -0 trap_run 50000 50000 timeout 20 bash -c 'full "$@"' - "$BATS_TEST_TMPDIR/fifo" \
    "$NOSELF" -l stderr "$STATIC/dial" -qc 200 127.0.0.1 50000
  [[ $output == *'200 refused'* ]]
}

@test "the command has the launcher's pid, and no additional child, descriptor or signal" {
  same 'descriptors=* wait=ECHILD SIGCHLD=no' "$STATIC/supervised" inside
  [[ $output == "$(trap_run 50000 50001 "$STATIC/supervised" inside)" ]]
  run -0 bash -c 'echo $$; exec "$NOSELF" -s sh -c "echo \$\$"'
  [[ ${lines[0]} == "${lines[1]}" ]]
}

@test "as PID 1 and as a subreaper, the command has no additional child either" {
  need_namespace
  same 'descriptors=* wait=ECHILD SIGCHLD=no' "$STATIC/confined" subreaper "$NOSELF" "$STATIC/supervised" inside
  run -0 trap_run 50000 50001 unshare --pid --fork "$NOSELF" "$STATIC/supervised" inside
  [[ $output == *' wait=ECHILD SIGCHLD=no' ]]
}

@test "exit status, signals, stops and pipes are the command's own" {
  same '' sh -c 'exit 42'
  same '*' sh -c 'kill -TERM $$'
  [[ $status == 143 ]]
  run -0 bash -c 'echo ping | "$NOSELF" -s cat | "$NOSELF" -s tr i o'
  [[ $output == pong ]]
  state() { [[ $(<"/proc/$1/stat") == *") $2 "* ]]; }
  export -f state
  run -0 bash -c '"$NOSELF" -s tail -f /dev/null & wait_for 5 state $! S; kill -STOP $!; wait_for 5 state $! T
    kill -CONT $!; wait_for 5 state $! S; kill $!; wait $!; echo "$?"'
  [[ ${lines[-1]} == 143 ]]
}

@test "strace, which waits for every child, does not wait for the supervisor" {
  need strace
  run -0 trap_run 50000 50001 timeout 10 "$NOSELF" -s strace -f -o /dev/null "$STATIC/dial" 127.0.0.1 50000
  [[ $output == *self=no* ]]
  run -0 trap_run 50000 50001 timeout 10 strace -f -o /dev/null "$NOSELF" "$STATIC/dial" 127.0.0.1 50000
  [[ $output == *self=no* ]]
}

@test "daemons stay covered after the command's end, and the supervisor ends with the last program" {
  daemon() {
    "$NOSELF" -s bash -c 'echo $$ >"$0/pid"; (setsid bash -c "wait_for 10 test -e \$0/go
      \"\$@\" >\$0/said; touch \$0/done" "$0" "$@" &>/dev/null &)' "$@"
    super=$(pgrep -x "noself:$(<"$1/pid")") && touch "$1/go" &&
      wait_for 10 test -e "$1/done" && wait_for 10 ended "$super" && cat "$1/said"
  }
  ended() { [[ ! -e /proc/$1 || $(</proc/"$1"/stat) == *') Z '* ]]; }
  export -f daemon ended
  run -0 trap_run 50000 50001 daemon "$BATS_TEST_TMPDIR" "$STATIC/dial" 127.0.0.1 50000
  [[ $output == *result=ECONNREFUSED*self=no* ]]
}

@test "calls with invalid arguments give the same results as without the supervisor" {
  local program expected
  for program in odd_calls others; do
    [[ $program == odd_calls ]] || need nft
    expected=$(trap_run 32768 49999 "$STATIC/$program")
    [[ $expected == *$'\n'*$'\n'* ]]
    run -0 trap_run 32768 49999 supervised "$STATIC/$program"
    diff <(echo "$expected") - <<<"$output"
  done
}

@test "alarm() and SO_SNDTIMEO end a dial that waits" {
  same 'dialling*EINTR after a while' "$STATIC/supervised" hanging alarm
  same 'dialling*EINPROGRESS after a while' "$STATIC/supervised" hanging timeout
}

@test "signals with SA_RESTART interrupt no dial" {
  run -0 trap_run 50000 50001 supervised "$STATIC/supervised" signals 127.0.0.1 50000 20000 restart
  echo "$output"
  [[ $output == '20000 refused, 0 reached themselves; '*' signals, 0 dials interrupted, '* ]]
}

@test "noself under noself is covered once" {
  run -0 --separate-stderr trap_run 50000 50001 supervised -s "$NOSELF" "$NOSELF" "$STATIC/dial" 127.0.0.1 50000
  [[ $output == *result=ECONNREFUSED*self=no* && $stderr == '' ]]
  run -0 "$NOSELF" -s bash -c '"$NOSELF" -s true; pgrep -c -x "noself:$$"'
  [[ $output == 1 ]]
}

@test "dials fail with ENOSYS after the supervisor is killed, and wait while it is stopped" {
  super() { pgrep -x "noself:$$"; }
  export -f super
  run -0 trap_run 50000 50001 supervised -s bash -c 'super=$(super)
    kill -TERM $super; kill -STOP $super
    timeout 0.5 "$@"; echo "timed out: $?"
    kill -CONT $super; "$@"; kill -KILL $super; "$@"
    "$NOSELF" "$@"' - "$STATIC/dial" 127.0.0.1 50000
  echo "$output"
  [[ ${lines[0]} == 'timed out: 124' && ${lines[1]} == *result=ECONNREFUSED* ]]
  [[ ${lines[2]} == *returned=ENOSYS* && ${lines[3]} == *result=ECONNREFUSED*self=no ]]
}

# refused REASON CMD...: noself refuses CMD with status 126 and that reason.
refused() {
  run -126 --separate-stderr trap_run 50000 50001 timeout 20 "${@:2}" "$NOSELF" ${FORCE-} "$STATIC/dial" 127.0.0.1 9
  echo "$stderr"
  [[ $output == '' && $stderr == "noself: '$STATIC/dial': statically linked, and $1; "* ]]
  [[ $stderr != *$'\n'* ]]
}

# forced CMD...: the program of refused() runs with --force.
forced() {
  run -0 --separate-stderr trap_run 50000 50001 timeout 20 "$@" "$NOSELF" --force "$STATIC/dial" 127.0.0.1 9
  [[ $output == *result=ECONNREFUSED* ]]
}

# foreseen REASON CMD...: refused and forced, and --check gives the same reason.
foreseen() {
  refused "$@"
  forced "${@:2}"
  run -1 --separate-stderr trap_run 50000 50001 timeout 20 "${@:2}" "$NOSELF" --check "$STATIC/dial"
  [[ $output == *": cannot be covered: statically linked, and $1; "* ]]
}

@test "a command that cannot be supervised is refused in one line, and runs with --force" {
  foreseen 'mode observe cannot be supervised' env NOSELF_MODE=observe
  foreseen 'another seccomp supervisor is already there' "$STATIC/confined" listener
  foreseen 'the supervisor needs /proc/sys/net' \
    unshare -m sh -c 'mount -t tmpfs none /proc/sys && exec "$@"' -
  [[ $(uname -m) == x86_64 ]] || skip "the numbers of the system calls are others here"
  foreseen 'seccomp is not permitted here' "$STATIC/confined" forbid 317 0 0 1
  foreseen 'the supervisor needs Linux 6.3' "$STATIC/confined" forbid 55 2 51 92
  foreseen 'the supervisor cannot be started' "$STATIC/confined" forbid 56 0 0 11
  for call in 310 438; do
    refused 'the supervisor may not look at the command' "$STATIC/confined" forbid $call 0 0 1
    forced "$STATIC/confined" forbid $call 0 0 1
  done
  # A security module forbids the supervisor to receive: no dial can succeed any more.
  refused 'the supervisor does not answer' "$STATIC/confined" forbid 16 1 0xc0502100 13
  FORCE=--force refused 'the supervisor does not answer' "$STATIC/confined" forbid 16 1 0xc0502100 13
}

@test "systemd stops a supervised service during a dial, and gets its log" {
  need_systemd
  boot_systemd
  unit hanging.service "ExecStart=$NOSELF $STATIC/supervised hanging never"
  unit logs.service "ExecStart=$NOSELF -l stderr $STATIC/dial 127.0.0.1 50000" Type=oneshot
  inside systemctl start logs
  nsenter -t "$PID1" -n sysctl -qw net.ipv4.ip_local_port_range='32768 60999'
  inside systemctl start hanging
  has_said() { said hanging | grep -q dialling; }
  wait_for 10 has_said
  run -0 inside timeout 20 systemctl stop hanging
  run -0 inside systemctl show -p Result -p ActiveState --value hanging
  [[ ${lines[*]} == 'success inactive' ]]
  run -0 inside journalctl -q --no-pager -o cat -p 4..4 -u logs
  [[ $output == *'comm=dial fd='*' self=127.0.0.1:50000 action=failed tries=0 result=ECONNREFUSED' ]]
}

@test "Yama's scopes 0 to 3 allow what noself(1) says, as root and not, on Debian's kernel" {
  [[ ${NOSELF_FULL:-0} == 1 ]] || skip "fetches and boots a kernel: only under --full"
  [[ $(uname -m) == x86_64 ]] || skip "the machine is one for x86_64"
  need apt-get dpkg cpio qemu-system-x86_64
  local kernel root=$BATS_TEST_TMPDIR/root log=$BATS_TEST_TMPDIR/console
  kernel=$(apt-cache search --names-only '^linux-image-6\.1[2-9].*[0-9]-cloud-amd64$' | sort -V | tail -n 1)
  mkdir -p "$root"/{bin,etc,proc,sys}
  cd "$BATS_TEST_TMPDIR"
  apt-get download busybox-static "${kernel%% *}" &>/dev/null || lacking "the packages cannot be fetched"
  dpkg -x busybox-static_*.deb "$BATS_TEST_TMPDIR"
  dpkg -x linux-image-*.deb "$BATS_TEST_TMPDIR"
  cp bin/busybox "$NOSELF" "$STATIC/libnoself.so" "$STATIC/dial" "$root/bin"
  cp "$ROOT/tests/lib/yama-init" "$root/init"
  printf '%s\n' 'root:x:0:0::/:/bin/sh' 'nobody:x:65534:65534::/:/bin/sh' >"$root/etc/passwd"
  (cd "$root" && find . | cpio --quiet -o -H newc) >initramfs
  timeout 120 qemu-system-x86_64 -accel tcg -cpu max -m 512 -nic none -nographic -no-reboot \
    -kernel boot/vmlinuz-* -initrd initramfs -append 'console=ttyS0 quiet panic=-1' </dev/null |
    tr -d '\r' >"$log"
  cat "$log"
  local covered='0: returned=ECONNREFUSED result=ECONNREFUSED port=50001 self=no'
  local note='kernel.yama.ptrace_scope=1 leaves'
  for scope in 0 1 2; do
    grep -q "^scope $scope, root, command: $covered" "$log"
    grep -q "^scope $scope, root, children: $covered" "$log"
  done
  grep -q "^scope 0, nobody, command: $covered" "$log"
  grep -q "^scope 0, nobody, children: $covered" "$log"
  grep -q "^scope 1, nobody, command: $covered" "$log"
  grep -q "^scope 1, nobody, children: 1: noself: .*: $note the command's children uncovered; " "$log"
  grep -q "^scope 2, nobody, command: 126: .*kernel.yama.ptrace_scope=2 needs CAP_SYS_PTRACE; " "$log"
  grep -q "^scope 3, nobody, command: 126: .*kernel.yama.ptrace_scope=3 forbids the supervisor; " "$log"
  grep -q "^scope 3, root, children: 126: .*kernel.yama.ptrace_scope=3 forbids the supervisor; " "$log"
}
