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
  STATIC=$(mktemp -d "${TMPDIR:-/tmp}/noself-static.XXXXXX")
  # SUPERVISED covers also a dynamic program only by the supervisor, without the library.
  export STATIC NOSELF=$STATIC/noself SUPERVISED="$STATIC/noself -s env -u LD_PRELOAD"
  chmod 755 "$STATIC"
  cp "$BUILD/noself" "$BUILD/libnoself.so" "$STATIC"
  for probe in dial storm; do
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

# BEFORE is, below, a command or function, with arguments, to call first.

# same CMD...: without the supervisor and with it CMD has the same output and exit status.
same() {
  run trap_run 32768 49999 ${BEFORE-} "$@"
  local first="$status $output"
  run trap_run 32768 49999 ${BEFORE-} $SUPERVISED "$@"
  diff <(echo "$first") - <<<"$status $output"
}

# prevented CMD...: CMD prints that it reached itself, and with the supervisor that it was refused.
prevented() {
  run trap_run 50000 50001 ${BEFORE-} "$@"
  [[ $output == *self=yes* || $output =~ [1-9][0-9]*\ reached\ themselves ]]
  run trap_run 50000 50001 ${BEFORE-} "$NOSELF" "$@"
  [[ $output == *result=ECONNREFUSED*self=no* || $output == *' 0 reached themselves'* ]]
}

# fetched PACKAGE...: unpacks these Debian packages in the test's directory, and goes there.
fetched() {
  local package
  need apt-get dpkg
  cd "$BATS_TEST_TMPDIR" || return
  apt-get download "$@" &>/dev/null || lacking "$* cannot be fetched"
  for package in *.deb; do
    dpkg -x "$package" .
  done
}

@test "a static client connects to itself in a range of eleven ports, and never with the supervisor" {
  local port count=5000
  [[ ${NOSELF_FULL:-0} == 0 ]] || count=200000
  run -1 trap_run 50000 50010 "$STATIC/dial" -qc 2000 127.0.0.1 50004
  for port in 50000 50004 50010; do
    run -0 trap_run 50000 50010 "$NOSELF" "$STATIC/dial" -qc $count 127.0.0.1 $port
    [[ $output == "$count dials, $count refused, 0 reached themselves" ]]
  done
  # A dial of a service succeeds. The supervisor works though the program may open only six files.
  served() { listening 50004 && "$@"; }
  export -f served
  run -0 trap_run 50000 50010 served "$NOSELF" "$STATIC/dial" 127.0.0.1 50004
  [[ $output == *result=OK*self=no ]]
  run -0 trap_run 50000 50010 bash -c 'ulimit -Sn 6; "$@" 3>&- 4>&-' - \
    "$NOSELF" "$STATIC/dial" -R 127.0.0.2 50004
  [[ $output == *range=0-0* ]]
}

@test "threads that dial do not either, and signals with SA_RESTART interrupt no dial" {
  local count=20000
  [[ ${NOSELF_FULL:-0} == 0 ]] || count=200000
  run -0 trap_run 50000 50010 "$NOSELF" "$STATIC/storm" dials $count 50004
  [[ $output == *' 0 reached themselves, '*' 0 otherwise;'* ]]
}

@test "no other way to dial connects a socket to itself with the supervisor" {
  local way
  for way in -s -g -G -n -m -f -t '-n -m'; do
    prevented "$STATIC/dial" $way 127.0.0.1 50000
  done
  # bind() prefers ports of the other parity, so 50001 is chosen.
  prevented "$STATIC/dial" -b 127.0.0.1 127.0.0.1 50001
  for way in ::1 ::ffff:127.0.0.1 0.0.0.0 :: ::ffff:0.0.0.0; do
    prevented "$STATIC/dial" "$way" 50000
  done
}

# own ADDRESS/BITS CMD...: runs CMD when lo has that address.
own() {
  ip address add "$1" dev lo && wait_for 5 is_local "${1%/*}" && "${@:2}"
}

# is_local ADDRESS: an IPv6 address has its route a moment after it was added.
is_local() {
  [[ $(ip route get "$1" 2>/dev/null) == local* ]]
}
export -f own is_local

@test "a dial of an own address, with or without a scope, does not either" {
  BEFORE='own 10.1.2.3/32' prevented "$STATIC/dial" 10.1.2.3 50000
  BEFORE='own fd00::5/128' prevented "$STATIC/dial" fd00::5 50000
  BEFORE='own fe80::5/64' prevented "$STATIC/dial" fe80::5%lo 50000
  # The supervisor keeps little of its program in memory. It has none of the launcher's files open,
  # and none of the program's after its dials.
  run -0 trap_run 50000 50000 own 10.1.2.3/32 "$NOSELF" -s -p allow -l stderr bash -c '
    super=$(pgrep -x "noself:$$")
    awk "/^[0-9a-f]+-/ { own = /noself/ && \$2 !~ /w/ } own && /^Rss/ { sum += \$2 } END { exit sum > 100 }" \
      "/proc/$super/smaps" || exit
    "$1" -p 50000 127.0.0.1 50000; "$@" 2>&1
    readlink "/proc/$super/"{cwd,fd/*} | LC_ALL=C sort; ps -o sid= "$super" | grep -w "$super"' - \
    "$STATIC/dial" -c 3 10.1.2.3 50000 </etc/passwd 9</etc/passwd
  [[ $(count 'action=failed') == 3 && $output == *$'self=no\n/\n/dev/null\n/dev/null\n/dev/null
/proc/sys/net/ipv4/ip_local_port_range\nanon_inode:seccomp notify\n'*([0-9 ]) ]]
}

@test "a dial in a child network namespace with another range does not either" {
  local user port users=('' 'setpriv --reuid 65534 --regid 65534 --clear-groups')
  [[ $EUID == 0 ]] || users=('')
  run -1 trap_run 50000 50001 trap_run 50004 50005 "$STATIC/dial" -qc 1000 127.0.0.1 50004
  for user in "${users[@]}"; do
    for port in 50004 50005; do
      run -0 trap_run 50000 50001 $user "$NOSELF" -s bash -c 'trap_run 50004 50005 "$@"' - \
        "$STATIC/dial" -qc 1000 127.0.0.1 $port
      [[ $output == *' 0 reached themselves' ]]
    done
  done
  run -0 trap_run 50000 50001 "$NOSELF" -s bash -c 'trap_run 50004 50005 own 10.1.2.3/32 "$@"' - \
    "$STATIC/dial" -qc 1000 10.1.2.3 50004
}

# own_table: a thread with its own table of descriptors dials. Prints the results, and the port range of
# the main thread's socket that has the same number.
own_table() {
  python3 -c '
import ctypes, socket, threading
barrier, results = threading.Barrier(2), set()

def dial():
    ctypes.CDLL(None).unshare(0x400)  # CLONE_FILES
    barrier.wait()
    barrier.wait()
    for _ in range(1000):
        with socket.socket() as s:
            results.add(s.connect_ex(("127.0.0.1", 50000)))
            assert s.fileno() == other.fileno()

thread = threading.Thread(target=dial)
thread.start()
barrier.wait()
other = socket.socket()
barrier.wait()
thread.join()
print(min(results), other.getsockopt(socket.IPPROTO_IP, 51))'
}
export -f own_table

@test "a dial of a thread with its own descriptors does not either, and no other socket is changed" {
  run -0 trap_run 50000 50001 own_table
  [[ $output == '0 0' ]]
  run -0 trap_run 50000 50001 $SUPERVISED bash -c own_table
  [[ $output == '111 0' ]]
}

@test "kernels before 6.9, which lack PIDFD_THREAD, only leave such a thread uncovered" {
  [[ $(uname -m) == x86_64 ]] || skip "the number of pidfd_open() is another one here"
  # The kernel refuses PIDFD_THREAD.
  local old=("$PROBES/confined" forbid 434 1 128 22)
  run -0 trap_run 50000 50001 "${old[@]}" "$NOSELF" "$STATIC/storm" dials 2000 50000
  [[ $output == *' 0 reached themselves, '* ]]
  run -0 trap_run 50000 50001 "${old[@]}" $SUPERVISED bash -c own_table
  [[ $output == '0 0' ]]
}

@test "a socket that dials port after port is refused when no port is left" {
  local high
  for high in 50000 50010; do
    NOSELF_LOG=stderr run -0 trap_run 50000 $high $SUPERVISED python3 -c '
import socket, sys
sockets = [socket.socket() for _ in range(40)]
for s in sockets[::2]:
    s.setsockopt(socket.IPPROTO_IP, 24, 1) # IP_BIND_ADDRESS_NO_PORT
    s.bind(("127.0.0.1", 0))
print({s.connect_ex(("127.0.0.1", port)) for s in sockets for port in range(50000, int(sys.argv[1]) + 1)},
      sockets[0].fileno())' $high
    [[ ${lines[-1]} == '{111} '* ]]
    [[ $output == *" fd=${lines[-1]#* } self=127.0.0.1:500"* && $output != *self=127.0.0.1:0\ * ]]
  done
}

@test "a Go program whose threads are preempted by signals does not either" {
  need go
  cd "$BATS_TEST_TMPDIR"
  GOCACHE=$PWD/cache CGO_ENABLED=0 go build -o go "$ROOT/tests/lib/dial.go"
  prevented ./go
}

@test "a static i386 program, which dials by socketcall(), does not either" {
  need i686-linux-gnu-gcc
  i686-linux-gnu-gcc -std=gnu11 -static -o "$STATIC/dial-i386" "$ROOT/tests/probes/dial.c"
  prevented "$STATIC/dial-i386" 127.0.0.1 50000
  prevented "$STATIC/dial-i386" -G 127.0.0.1 50000
}

@test "a static busybox nc does not connect to itself with the supervisor" {
  fetched busybox-static
  local nc=(bin/busybox nc 127.0.0.1 50000)
  run -0 trap_run 50000 50001 "${nc[@]}" </dev/null
  for _ in {1..50}; do
    run -1 trap_run 50000 50001 "$NOSELF" "${nc[@]}" </dev/null
    [[ $output == *'Connection refused' ]]
  done
}

@test "a dial that can only reach itself fails, or is allowed if pinned, and gives a log line" {
  local options dial returned log
  run -1 trap_run 50000 50001 "$STATIC/dial" -b 127.0.0.1 -p 18084 127.0.0.1 18084
  # The last dial's source address is 127.0.0.1, so it cannot reach itself: the kernel answers.
  while IFS='|' read -r options dial returned log; do
    run --separate-stderr trap_run 50000 50000 "$NOSELF" -l stderr $options "$STATIC/dial" $dial
    [[ $output == "returned=$returned "* ]]
    [[ $(sed -E 's/^noself\[[0-9]+\]: comm=dial fd=[0-9]+ self=//' <<<"$stderr") == "$log" ]]
  done <<'END'
-e EHOSTUNREACH|127.0.0.1 50000|EHOSTUNREACH|127.0.0.1:50000 action=failed tries=0 result=EHOSTUNREACH
|-b 127.0.0.1 -p 18084 127.0.0.1 18084|ECONNREFUSED|127.0.0.1:18084 action=failed tries=0 result=ECONNREFUSED
|-b :: -p 18084 :: 18084|ECONNREFUSED|[::1]:18084 action=failed tries=0 result=ECONNREFUSED
|-b 127.0.0.2 -p 18084 0.0.0.0 18084|ECONNREFUSED|127.0.0.2:18084 action=failed tries=0 result=ECONNREFUSED
-p allow|-p 18084 127.0.0.1 18084|OK|127.0.0.1:18084 action=allowed tries=0 result=OK
-e EPERM|-p 18084 127.0.0.2 18084|ECONNREFUSED|
END
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
  # subreaper CMD...: orphans become children of CMD.
  subreaper() {
    python3 -c '
import ctypes, os, sys
ctypes.CDLL(None).prctl(36, 1)
os.execvp(sys.argv[1], sys.argv[1:])' "$@"
  }
  export -f subreaper
  local inside='import os, signal
print(len(os.listdir("/proc/self/fd")), signal.sigpending())
os.wait()'
  same python3 -c "$inside"
  [[ $output == *' set()'*ChildProcessError* ]]
  BEFORE='unshare --pid --fork' same python3 -c "$inside"
  BEFORE=subreaper same python3 -c "$inside"
  run -0 bash -c 'echo $$; exec "$NOSELF" -s bash -c "read -r children </proc/\$\$/task/\$\$/children
    echo \$\$ \$children"'
  [[ ${lines[0]} == "${lines[1]}" ]]
}

@test "exit status, signals, stops and pipes are the command's own" {
  same sh -c 'exit 42'
  same sh -c 'kill -TERM $$'
  [[ $status == 143 ]]
  run -0 bash -c 'echo ping | $SUPERVISED cat | $SUPERVISED tr i o'
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

@test "calls with invalid arguments, and those that wait, give the same results as without it" {
  same python3 "$ROOT/tests/probes/odd_calls.py"
  [[ $output == *'timed out: EINPROGRESS'* ]]
}

@test "noself under noself is covered once" {
  run -0 --separate-stderr trap_run 50000 50001 "$NOSELF" -s "$NOSELF" "$NOSELF" "$STATIC/dial" 127.0.0.1 50000
  [[ $output == *result=ECONNREFUSED*self=no* && $stderr == '' ]]
  run -0 "$NOSELF" -s bash -c '"$NOSELF" -s true; pgrep -c -x "noself:$$"'
  [[ $output == 1 ]]
}

@test "dials fail with ENOSYS after the supervisor is killed, and wait while it is stopped" {
  super() { pgrep -x "noself:$$"; }
  export -f super
  run -0 trap_run 50000 50001 "$NOSELF" -s bash -c 'super=$(super)
    kill -HUP $super; kill -TERM $super; kill -STOP $super
    timeout 0.5 "$@"; echo "timed out: $?"
    kill -CONT $super; "$@"; kill -KILL $super; "$@"
    "$NOSELF" "$@"' - "$STATIC/dial" 127.0.0.1 50000
  [[ ${lines[0]} == 'timed out: 124' && ${lines[1]} == *result=ECONNREFUSED* ]]
  [[ ${lines[2]} == *returned=ENOSYS* && ${lines[3]} == *result=ECONNREFUSED*self=no ]]
}

@test "a command that cannot be supervised is refused in one line, and runs with --force" {
  [[ $(uname -m) == x86_64 ]] || skip "the numbers of the system calls are others here"
  without_sysctl() { unshare -m sh -c 'mount -t tmpfs none /proc/sys && exec "$@"' - "$@"; }
  export -f without_sysctl
  local when reason wrapper noself forbid="$PROBES/confined forbid"
  while IFS='|' read -r when reason wrapper; do
    # shellcheck disable=SC2206 # several words
    noself=(--separate-stderr trap_run 50000 50001 $wrapper "$NOSELF")
    reason="statically linked, and $reason; "
    run -126 "${noself[@]}" "$STATIC/dial" 127.0.0.1 9
    [[ $output == '' && $stderr == "noself: '$STATIC/dial': $reason"* && $stderr != *$'\n'* ]]
    run "${noself[@]}" --force "$STATIC/dial" 127.0.0.1 9
    [[ $when == never && $status == 126 || $output == *result=ECONNREFUSED* ]]
    # --check looks only at what can be known before.
    [[ $when != foreseen ]] || run -1 "${noself[@]}" --check "$STATIC/dial"
    [[ $when != foreseen || $output == *": cannot be covered: $reason"* ]]
  done <<END
foreseen|mode observe cannot be supervised|env NOSELF_MODE=observe
foreseen|another seccomp supervisor is already there|$PROBES/confined listener
foreseen|the supervisor needs /proc/sys/net|without_sysctl
foreseen|seccomp is not permitted here|$forbid 317 0 0 1
foreseen|the supervisor needs Linux 6.3|$forbid 55 2 51 92
foreseen|the supervisor cannot be started|$forbid 56 0 0 11
late|the supervisor may not look at the command|$forbid 310 0 0 1
late|the supervisor may not look at the command|$forbid 438 0 0 1
never|the supervisor does not answer|$forbid 16 1 0xc0502100 13
END
  # In the last line a security module forbids the supervisor to receive: no dial can succeed any more.
}

@test "systemd stops a supervised service during a dial, and gets its log" {
  need_systemd
  boot_systemd
  unit hanging.service "ExecStart=$NOSELF -s $STATIC/dial 127.0.0.1 700"
  unit logs.service "ExecStart=$NOSELF -l stderr $STATIC/dial 127.0.0.1 50000" Type=oneshot
  inside systemctl start logs
  # A dial whose SYN is dropped waits.
  nsenter -t "$PID1" -n tc qdisc add dev lo root blackhole
  inside systemctl start hanging
  is_dialling() { nsenter -t "$PID1" -n ss -Htn state syn-sent | grep -q :700; }
  wait_for 10 is_dialling
  run -0 inside timeout 20 systemctl stop hanging
  run -0 inside systemctl show -p Result -p ActiveState --value hanging
  [[ ${lines[*]} == 'success inactive' ]]
  run -0 inside journalctl -q --no-pager -o cat -p 4..4 -u logs
  [[ $output == *'comm=dial fd='*' self=127.0.0.1:50000 action=failed tries=0 result=ECONNREFUSED' ]]
}

@test "Yama's scopes 0 to 3 allow what noself(1) says, as root and not, on Debian's kernel" {
  [[ ${NOSELF_FULL:-0} == 1 ]] || skip "fetches and boots a kernel: only under --full"
  [[ $(uname -m) == x86_64 ]] || skip "the machine is one for x86_64"
  need apt-cache cpio qemu-system-x86_64
  local kernel root=$BATS_TEST_TMPDIR/root log=$BATS_TEST_TMPDIR/console count outcome
  kernel=$(apt-cache search --names-only '^linux-image-6\.1[2-9].*[0-9]-cloud-amd64$' | sort -V | tail -n 1)
  fetched busybox-static "${kernel%% *}"
  mkdir -p "$root"/{bin,etc,proc,sys}
  cp bin/busybox "$NOSELF" "$STATIC/libnoself.so" "$STATIC/dial" "$root/bin"
  cp "$ROOT/tests/lib/yama-init" "$root/init"
  printf '%s\n' 'root:x:0:0::/:/bin/sh' 'nobody:x:65534:65534::/:/bin/sh' >"$root/etc/passwd"
  (cd "$root" && find . | cpio --quiet -o -H newc) >initramfs
  timeout 120 qemu-system-x86_64 -accel tcg -cpu max -m 512 -nic none -nographic -no-reboot \
    -kernel boot/vmlinuz-* -initrd initramfs -append 'console=ttyS0 quiet panic=-1' </dev/null |
    tr -d '\r' >"$log"
  cat "$log"
  while IFS='|' read -r count outcome; do
    [[ $(grep -cE "^scope $outcome" "$log") == "$count" ]]
  done <<'END'
6|[012], root, (command|children): 0: .* self=no
2|0, nobody, (command|children): 0: .* self=no
1|1, nobody, command: 0: .* self=no
1|1, nobody, children: 1: noself: .*: kernel.yama.ptrace_scope=1 leaves the command's children uncovered;
1|2, nobody, command: 126: .*kernel.yama.ptrace_scope=2 needs CAP_SYS_PTRACE;
2|3, (nobody, command|root, children): 126: .*kernel.yama.ptrace_scope=3 forbids the supervisor;
END
}
