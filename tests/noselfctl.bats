#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The command noselfctl without systemd: usage, check, status, ports, units below a directory.
# shellcheck disable=SC2016,SC2030,SC2031,SC2153,SC2154,SC2317 # other shells expand what is quoted
# here; bats runs each test in a subshell, and sets variables

load lib/helpers
load lib/commands

setup_file() {
  make_tree
  cc -static -o "$OPEN/static" "$ROOT/tests/probes/serve.c"
  # writes its title over its environment
  cc -o "$OPEN/titled" -x c - <<<'#include <string.h>
    #include <unistd.h>
    extern char **environ;
    int main(void) {
      for (char **e = environ; *e; e++) memset(*e, 0, strlen(*e));
      char c; return write(1, "x", 1) + read(0, &c, 1) < 0; }'
}

teardown_file() {
  remove_tree
}

# ctl ARG...: runs noselfctl; each line on stderr begins with its name.
ctl() {
  run --separate-stderr "$NOSELFCTL" "$@"
  local line
  for line in "${stderr_lines[@]}"; do
    [[ $line == 'noselfctl: '* ]] || {
      echo "on stderr: $line"
      return 1
    }
  done
}

# field EXPRESSION: prints a Python expression of d, the JSON in $output.
field() {
  python3 -c 'import json, sys; d = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1" <<<"$output"
}

# --- usage ---

@test "noselfctl called wrongly says so in one line, exits with 2 and writes nothing" {
  unit a.service
  local bad
  for bad in '' nonsense --json enable disable check 'enable --json a' 'enable --nonsense=x a' 'enable -s a' \
    'status --runtime' 'check -m fail /bin/true' 'ports 0' 'ports 65536' 'ports 080' 'ports http' \
    'disable -m fail a' 'disable --force a' 'enable --root' 'enable --root= a' 'enable --root /no/such a' \
    'enable --user --root /tmp a' 'enable a.target' 'status ../x' 'enable -m nix a' 'enable -r 17 a' \
    'enable --log=relative a' 'enable -m'; do
    # shellcheck disable=SC2086 # to be split
    ctl $bad
    one_line noselfctl
    [[ $status == 2 && $output == '' ]] || {
      echo "status $status for '$bad': $output $stderr"
      return 1
    }
  done
  for bad in '' ../a a/b .. a..b .a -x @b.service 'a b' 'a*' 'a?' 'a$b' $'a\nb' "a'b" é; do
    below enable -- a "$bad"
    one_line noselfctl
    [[ $status == 2 && $stderr == *'see noselfctl --help' && ! -e $E/a.service.d ]]
  done
}

@test "noselfctl prints its help and its version" {
  local call
  for call in help -h --help 'enable --help' 'ports -h'; do
    # shellcheck disable=SC2086 # to be split
    ctl $call
    [[ $status == 0 && $output == 'usage: noselfctl enable'*'--mode=retry|fail|observe'* && $stderr == '' ]]
  done
  ctl --version
  [[ $status == 0 && $output == "noselfctl $(<"$ROOT/shim/version")" ]]
}

@test "noselfctl names a missing command in one line" {
  cp "$NOSELFCTL" "$BATS_TEST_TMPDIR"
  PATH=/usr/bin:/bin run -1 --separate-stderr "$BATS_TEST_TMPDIR/noselfctl" check /bin/true
  [[ $stderr == "noselfctl: noself: not found in $BATS_TEST_TMPDIR or in PATH; "* ]]
  local tool
  mkdir "$BATS_TEST_TMPDIR/bin"
  for tool in sh readlink printf tr sed awk; do
    ln -s "$(command -v $tool)" "$BATS_TEST_TMPDIR/bin"
  done
  run -1 --separate-stderr env "PATH=$BATS_TEST_TMPDIR/bin" "$NOSELFCTL" ports
  one_line noselfctl
  [[ $stderr == *'ss: not found; install it'* ]]
}

@test "check prints what noself --check prints" {
  run "$NOSELF" --check "$PROBES/dial" "$OPEN/static" /no/such
  local expected=$output
  ctl check "$PROBES/dial" "$OPEN/static" /no/such
  [[ $status == 1 && $output == "$expected" && $stderr == '' ]]
}

# --- status ---

# beside PREFIX... -- CMD...: runs CMD while the probe serve runs, started by PREFIX, its pid in $pid.
beside() {
  local prefix=() input=$BATS_TEST_TMPDIR/input.$BASHPID said=$BATS_TEST_TMPDIR/said.$BASHPID status
  while [[ $1 != -- ]]; do
    prefix+=("$1")
    shift
  done
  shift
  mkfifo "$input"
  "${prefix[@]}" "${HOLD:-$PROBES/serve}" -w 0 <"$input" >"$said" 3>&- &
  export pid=$!
  exec 9>"$input"
  wait_for 5 test -s "$said"
  "$@" 9>&-
  status=$?
  exec 9>&-
  wait "$pid"
  rm "$input" "$said"
  return "$status"
}

# shown STATUS PATTERN PREFIX...: status of a process started by PREFIX exits with STATUS and matches.
shown() {
  status_of_pid() {
    "$NOSELFCTL" status "$pid"
  }
  run "-$1" --separate-stderr beside "${@:3}" -- "${SHOW:-status_of_pid}"
  [[ ${lines[0]} =~ ^PID\ +UNIT\ +PROGRAM\ +STATE\ +FILE\ +SETTINGS$ && ${lines[1]} =~ $2 ]] || {
    echo "expected '$2', got: $output $stderr"
    return 1
  }
}

@test "status shows whether a process is covered, from which file and with which settings" {
  shown 1 'serve +no +- +-$' env
  [[ $stderr == '' ]]
  shown 0 "serve +loaded +$TREE/build/libnoself.so +NOSELF_MODE=fail NOSELF_LOG=stderr$" "$NOSELF" -m fail -l stderr
  [[ $stderr == '' ]]
  shown 0 'serve +loaded .* defaults$' "$NOSELF"
  shown 1 'serve +disabled ' env NOSELF_DISABLE=1 "$NOSELF"
  HOLD=$OPEN/titled shown 0 'titled +loaded .* unknown$' "$NOSELF" -m fail
  HOLD=$OPEN/static shown 1 'static +not loaded ' env LD_PRELOAD="$LIBRARY"
  mkdir "$BATS_TEST_TMPDIR/other"
  cp "$NOSELF" "$LIBRARY" "$BATS_TEST_TMPDIR/other"
  replaced() {
    rm "$BATS_TEST_TMPDIR/other/libnoself.so"
    "$NOSELFCTL" status "$pid"
  }
  SHOW=replaced shown 0 "serve +replaced +$BATS_TEST_TMPDIR/other/libnoself.so " "$BATS_TEST_TMPDIR/other/noself"
  [[ $EUID == 0 && $("$NOSELF" --check "$OPEN/static") == *supervisor ]] || lacking 'no supervisor here'
  HOLD=$OPEN/static shown 0 'static +supervised +- +NOSELF_MODE=fail' "$NOSELF" -m fail
}

@test "status without an argument lists the processes that have the library, and no others" {
  all() {
    "$NOSELFCTL" status && echo "held by $pid"
  }
  run -0 beside "$NOSELF" -- all
  local pid=${lines[-1]#held by }
  [[ $(grep -c "^$pid .* serve .*loaded" <<<"$output") == 1 && $output != *$'\n'"$$ "* ]]
}

@test "status of a missing process, or of one that it may not read, does not report it as covered" {
  local gone
  gone=$(bash -c 'echo $BASHPID')
  ctl status "$gone" no-such-unit
  [[ $status == 1 && $output =~ -\ +$gone\ .*'no such process' && $output =~ no-such-unit.service\ .*'not running' ]]
  [[ $EUID == 0 ]] || return 0
  run -1 --separate-stderr as_nobody "$NOSELFCTL" status $$
  one_line noselfctl
  [[ ${lines[1]} == *unreadable* && $stderr == *'use sudo' ]]
}

# --- ports ---

# held LO HI RESERVED PORTS CMD...: runs CMD in a namespace with that ephemeral range and these reserved
# ports, while PORTS have listeners.
held() {
  trap_run "$1" "$2" bash -c '
    echo "$0" >/proc/sys/net/ipv4/ip_local_reserved_ports
    exec 8< <(exec "$PROBES/serve" -w $1 < <(exec tail -f /dev/null --pid=$$))
    read -r _ <&8
    "${@:2}"' "${@:3}"
}

@test "ports lists the listening ports at risk, and its sysctl line, written twice too, removes the risk" {
  need_namespace
  need sysctl
  cured() {
    "$NOSELFCTL" ports && return 9
    "$NOSELFCTL" ports --sysctl >"$BATS_TEST_TMPDIR/conf" && return 9
    cat "$BATS_TEST_TMPDIR/conf"
    sysctl -q -p "$BATS_TEST_TMPDIR/conf" || return
    "$NOSELFCTL" ports --sysctl | cmp - "$BATS_TEST_TMPDIR/conf" || return
    "$NOSELFCTL" ports
  }
  export -f cured
  export BATS_TEST_TMPDIR
  run -0 held 40000 50001 8080,41000-41010,45000 '50001 50000 41005 41011 39999 45001' cured
  [[ $output == 'Listening ports the kernel may give to a client as source port (it gives 40000 to 50001):'* ]]
  run -0 awk '$3 == "LISTEN" { print $1, $2, $5 }' <<<"$output"
  [[ $output == '41011 127.0.0.1 serve
45001 127.0.0.1 serve
50000 127.0.0.1 serve
50001 127.0.0.1 serve' ]]
  [[ $(<"$BATS_TEST_TMPDIR/conf") == net.ipv4.ip_local_reserved_ports=8080,41000-41011,45000-45001,50000-50001 ]]
}

@test "ports says so if there is no port at risk" {
  need_namespace
  run -0 --separate-stderr held 50000 50009 50000-50001 '50000 49999' "$NOSELFCTL" ports
  [[ $output == 'No listening port is at risk'*'No connection has reached itself.' && $stderr == '' ]]
  run -0 held 50000 50009 '' 49999 "$NOSELFCTL" ports --sysctl
  [[ $output == '' ]]
  run -0 held 50000 50009 50000 50000 "$NOSELFCTL" ports --json
  [[ $(field 'd["ports"], d["sysctl"], d["self_connections"], d["range"]') == \
    "([], 'net.ipv4.ip_local_reserved_ports=50000', [], [50000, 50009])" ]]
}

@test "ports always answers for a port in its arguments" {
  need_namespace
  run -0 --separate-stderr trap_run 50000 50009 "$NOSELFCTL" ports 80
  [[ ${lines[0]} == '80: not at risk: outside the ephemeral range, 50000 to 50009' && $stderr == '' ]]
  run -1 held 50000 50009 50004 50001 "$NOSELFCTL" ports 50003 50004 80 50001
  [[ $output == *'50004: not at risk: reserved'* && $output == *'80: not at risk: outside'* ]]
  [[ $output =~ 50001\ +127.0.0.1\ +LISTEN && $output =~ 50003\ +-\ +- && $output == *'--sysctl 50003 '* ]]
  run -1 held 50000 50009 50004 50001 "$NOSELFCTL" ports --sysctl 50003
  [[ $output == net.ipv4.ip_local_reserved_ports=50001,50003-50004 ]]
  run -1 held 50000 50009 50004 50001 "$NOSELFCTL" ports --json 50003 80
  [[ $(field '[p["port"] for p in d["ports"]], d["not_at_risk"][0]["port"]') == '([50001, 50003], 80)' ]]
}

@test "ports reports a self-connection with pid, program and remedy" {
  need_namespace
  selves() {
    ip address add 2001:db8::1:0:0:2/128 dev lo nodad || return
    python3 -c '
import ctypes, socket, subprocess, sys
ctypes.CDLL(None).prctl(15, b"a \"b\\\t,pid=1", 0, 0, 0)
held = []
for family, address in ((2, "127.0.0.1"), (10, "::1"), (10, "::ffff:127.0.0.1"), (10, "2001:db8::1:0:0:2"), (2, "127.0.0.1")):
    s = socket.socket(family)
    if family == 10 and address[2] == "f": s.setsockopt(41, 26, 0)
    port = 45000 + len(held)
    s.bind((address, port)); s.connect((address, port))
    held.append(s)
held.pop().close()
sys.exit(subprocess.call(sys.argv[1:]))' "$@"
  }
  export -f selves
  run -1 --separate-stderr trap_run 40000 40001 selves "$NOSELFCTL" ports
  [[ $(grep -cE '^4500[0-3] .* ESTAB +[0-9]+ +a "b.*noself a "b' <<<"$output") == 4 ]]
  grep -qE '^45003 +2001:db8::1:0:0:2 ' <<<"$output"
  grep -qE '^45004 +127\.0\.0\.1 +TIME-WAIT +- +- ' <<<"$output"
  [[ $output == *"  ss -K 'sport = 45000 and dport = 45000'"* && $stderr == '' ]]
  run -1 trap_run 40000 40001 selves "$NOSELFCTL" ports --sysctl
  [[ $output == net.ipv4.ip_local_reserved_ports=45000-45004 ]]
  run -1 trap_run 40000 40001 selves "$NOSELFCTL" ports --json
  [[ $(field '[c["port"] for c in d["self_connections"]], d["self_connections"][0]["program"].replace(chr(92), "/")') == \
    "([45000, 45001, 45002, 45003, 45004], 'a \"b/?,pid=1')" ]]
}

@test "the nft rules refuse self-connections of every program, and nothing else" {
  need_namespace
  need nft
  cc -static -o "$BATS_TEST_TMPDIR/static" "$ROOT/tests/probes/dial.c"
  run -1 trap_run 50000 50000 "$NOSELFCTL" ports 50000 --nft
  echo "$output" >"$BATS_TEST_TMPDIR/rules"
  run -1 trap_run 50000 50000 "$BATS_TEST_TMPDIR/static" -q 127.0.0.1 50000
  [[ $output == '1 dials, 0 refused, 1 reached themselves' ]]
  ruled() {
    nft -f "$BATS_TEST_TMPDIR/rules" && nft -f "$BATS_TEST_TMPDIR/rules" && "$@"
  }
  export -f ruled
  export BATS_TEST_TMPDIR
  run -0 trap_run 50000 50000 ruled "$BATS_TEST_TMPDIR/static" -q -c 3 127.0.0.1 50000
  [[ $output == '3 dials, 3 refused, 0 reached themselves' ]]
  # the rest of the packets from that port to that port, and all others, get through
  others() {
    python3 -c '
import socket
def dial(family, source, to, port, own=0):
    l = socket.socket(family); l.setsockopt(1, 2, 1); l.bind((to, port)); l.listen()
    c = socket.socket(family); c.setsockopt(1, 2, 1); c.bind((source, own)); c.settimeout(3)
    c.connect((to, port)); c.sendall(b"x"); a = l.accept()[0]; assert a.recv(1) == b"x"
dial(2, "127.0.0.1", "127.0.0.2", 50000, 50000)
dial(2, "127.0.0.2", "127.0.0.1", 50000, 50000)
dial(2, "127.0.0.1", "127.0.0.1", 50000, 40000)
dial(2, "127.0.0.1", "127.0.0.1", 40001, 50000)
dial(10, "::1", "::1", 50000, 40000)
for family, address in ((2, "127.0.0.1"), (10, "::1")):
    s = socket.socket(family); s.setsockopt(1, 2, 1); s.settimeout(3)
    s.bind((address, 50000))
    try: s.connect((address, 50000)); print("reached")
    except ConnectionRefusedError: print("refused")
    s = socket.socket(family); s.settimeout(3)
    s.bind((address, 40002)); s.connect((address, 40002)); print("left alone")'
  }
  export -f others
  run -0 trap_run 50000 50000 ruled others
  [[ $output == $'refused\nleft alone\nrefused\nleft alone' ]]
}

# --- units below a directory ---

# unit NAME [LINE...]: creates a system below $R with a unit of these lines.
unit() {
  R=$BATS_TEST_TMPDIR/root
  U=$R/usr/lib/systemd/system
  E=$R/etc/systemd/system
  mkdir -p "$U" "$E" "$R/usr/local/lib" "$R/bin"
  cp "$LIBRARY" "$R/usr/local/lib/libnoself.so"
  cp "$PROBES/dial" "$R/bin/tool"
  [[ $1 == */* ]] || set -- "$U/$1" "${@:2}"
  mkdir -p "$(dirname "$1")"
  printf '%s\n' '[Service]' "${@:2}" >"$1"
}

# below SUBCOMMAND ARG...: runs noselfctl for the system below $R.
below() {
  ctl "$1" --root "$R" "${@:2}"
}

NOTE='systemd does not run here'

@test "enable writes a drop-in with the options, quoted for systemd, and disable removes it" {
  unit a.service 'ExecStart=/bin/tool'
  below enable -m fail --retries=4 -l '/var/log/100% "a" \b $c' -eENETDOWN a
  one_line noselfctl
  [[ $status == 0 && $stderr == *"a.service: $NOTE"* && $output == "a.service: wrote $E/a.service.d/noself.conf"* ]]
  [[ $(<"$E/a.service.d/noself.conf") == '# Written by noselfctl enable; taken away by noselfctl disable.
[Service]
Environment="LD_PRELOAD=/usr/local/lib/libnoself.so"
Environment="NOSELF_ERRNO=ENETDOWN"
Environment="NOSELF_LOG=/var/log/100%% \"a\" \\b $c"
Environment="NOSELF_MODE=fail"
Environment="NOSELF_RETRIES=4"' ]]
  [[ $(stat -c %a "$E/a.service.d/noself.conf") == 644 && $(ls -A "$E/a.service.d") == noself.conf ]]
  below enable a.service
  [[ $status == 0 && $output == "a.service: enabled already"* ]]
  below disable a
  [[ $status == 0 && $output == "a.service: removed $E/a.service.d/noself.conf" && ! -e $E/a.service.d ]]
  below disable a
  [[ $status == 0 && $output == 'a.service: not enabled, nothing to remove' ]]
}

@test "enabling again keeps the settings, and an option changes only its own" {
  unit a.service
  below enable -m fail -l '/100% "a" \b' a
  below enable -r 4 a
  below enable -m observe a
  run -0 grep NOSELF_ "$E/a.service.d/noself.conf"
  [[ $output == 'Environment="NOSELF_LOG=/100%% \"a\" \\b"
Environment="NOSELF_MODE=observe"
Environment="NOSELF_RETRIES=4"' ]]
}

@test "--runtime writes below /run, and disable removes both" {
  unit a.service
  below enable --runtime -m fail a
  [[ $status == 0 && -f $R/run/systemd/system/a.service.d/noself.conf && ! -e $E/a.service.d ]]
  below enable a
  grep -q NOSELF_MODE=fail "$E/a.service.d/noself.conf"
  below enable --runtime a
  [[ $status == 1 && $stderr == *'enabled already, by '*', which counts more' ]]
  below disable --runtime a
  [[ $status == 0 && -f $E/a.service.d/noself.conf && ! -e $R/run/systemd/system/a.service.d ]]
  mkdir -p "$R/run/systemd/system/a.service.d"
  cp "$E/a.service.d/noself.conf" "$R/run/systemd/system/a.service.d"
  below disable a
  [[ $status == 0 && ! -e $E/a.service.d && ! -e $R/run/systemd/system/a.service.d ]]
}

@test "a file that noselfctl did not write is neither overwritten nor removed" {
  unit a.service
  mkdir -p "$E/a.service.d"
  echo other >"$E/a.service.d/other.conf"
  below enable a
  below disable a
  [[ $status == 0 && $(ls "$E/a.service.d") == other.conf ]]
  echo mine >"$E/a.service.d/noself.conf"
  local call
  for call in enable disable; do
    below "$call" a
    [[ $status == 1 && $stderr == *'left alone' && $(<"$E/a.service.d/noself.conf") == mine ]]
  done
}

@test "a missing or masked unit is refused with 1, and nothing is written for the others" {
  unit a.service
  ln -s /dev/null "$E/masked.service"
  local name
  for name in nosuch masked 'no@instance' 'no@'; do
    below enable a "$name"
    [[ $status == 1 && ${stderr_lines[-1]} == *"no such unit below $R, or masked"* && ! -e $E/a.service.d ]]
  done
}

@test "templates, instances and other units with programs find their directory and section" {
  local units=(t@.service t@x.y.service alias.service 'a\x2db.service' s.socket)
  unit t@.service
  unit real.service
  unit 'a\x2db.service'
  unit s.socket
  ln -s /usr/lib/systemd/system/real.service "$E/alias.service"
  below enable "${units[@]%.service}"
  [[ $status == 0 ]]
  run -0 find "$E" -name noself.conf -printf '%P\n'
  [[ $(sort <<<"$output") == "$(printf '%s.d/noself.conf\n' "${units[@]}" | sort)" ]]
  grep -qx '\[Socket\]' "$E/s.socket.d/noself.conf"
  below disable "${units[@]}"
  [[ $status == 0 && -z $(find "$E" -type f) ]]
}

@test "with --root, an LD_PRELOAD of the unit is kept, or enable is refused" {
  unit a.service 'Environment="LD_PRELOAD=/x.so:/old/libnoself.so"'
  below enable a
  grep -qx 'Environment="LD_PRELOAD=/x.so:/usr/local/lib/libnoself.so"' "$E/a.service.d/noself.conf"
  below enable -m fail a
  grep -qx 'Environment="LD_PRELOAD=/x.so:/usr/local/lib/libnoself.so"' "$E/a.service.d/noself.conf"
  below disable a
  local line
  mkdir -p "$R/etc/default"
  echo LD_PRELOAD=/x.so >"$R/etc/default/a"
  for line in 'Environment=A=1 LD_PRELOAD=/x.so' 'Environment="LD_PRELOAD=\x2fx.so"' 'Environment=LD_PRELOAD=/%i.so' \
    $'Environment=LD_PRELOAD=/x.so\nEnvironment=LD_PRELOAD=/y.so' 'EnvironmentFile=-/etc/default/a'; do
    unit a.service "$line"
    below enable a
    [[ $status == 1 && ${stderr_lines[-1]} == *@('only systemd can read'|"etc/default/a:LD_PRELOAD=/x.so; write there: LD_PRELOAD=/usr/"*)* ]]
    [[ ! -e $E/a.service.d ]]
  done
  below enable --force a
  grep -qx 'Environment="LD_PRELOAD=/usr/local/lib/libnoself.so"' "$E/a.service.d/noself.conf"
}

@test "a unit whose program the library cannot cover is refused with the remedy, but not with --force" {
  unit a.service 'ExecStart=-/bin/static  -x "y"'
  cp "$OPEN/static" "$R/bin"
  below enable a
  one_line noselfctl
  [[ $status == 1 && ! -e $E/a.service.d ]]
  [[ $stderr == *'write ExecStart=/usr/bin/noself -s /bin/static  -x "y"'* ]]
  below enable --force a
  [[ $status == 0 && $stderr == *'warning: a.service: '* && -e $E/a.service.d/noself.conf ]]
  unit a.service 'ExecStart=/usr/bin/env -i /bin/tool'
  below enable a
  [[ $status == 1 && $stderr == *'/usr/bin/env clears the environment; write ExecStart='*noself* ]]
  unit a.service 'ExecStart=/bin/tool' 'UnsetEnvironment=A LD_PRELOAD'
  below enable a
  [[ $status == 1 && $stderr == *UnsetEnvironment=* ]]
  unit a.service 'ExecStart=/usr/bin/noself -s /bin/static'
  below enable a
  [[ $status == 0 && $stderr == *"$NOTE"* ]]
}

@test "if the library is missing or writing is not allowed, enable says so and leaves no file" {
  unit a.service
  rm "$R/usr/local/lib/libnoself.so"
  below enable a
  one_line noselfctl
  [[ $status == 1 && $stderr == *"libnoself.so: not installed below $R; install it there" && ! -e $E/a.service.d ]]
  need_root
  unit a.service
  run -1 --separate-stderr unshare -m bash -c '
    mount --bind -o ro "$1" "$1" && mount -o remount,bind,ro "$1" && "$NOSELFCTL" enable --root "$0" a' "$R" "$E"
  [[ ${stderr_lines[-1]} == *'cannot be written; a.service is as it was' && -z $(ls -A "$E") ]]
}

@test "an ordinary user is told that the system's units need root" {
  need_root
  local call
  for call in enable disable; do
    run -1 --separate-stderr as_nobody "$NOSELFCTL" "$call" a
    one_line noselfctl
    [[ $stderr == "noselfctl: $call: only root may change the system's units; use sudo, or --user for your own" ]]
  done
}

@test "without a running systemd the drop-in is written, and disable removes it" {
  need_root
  dead() {
    mount -t tmpfs none /run && mount -t tmpfs none /etc/systemd || return
    mkdir -p /etc/systemd/system
    printf '[Service]\nExecStart=/bin/true\n' >/etc/systemd/system/noself-test.service
    "$NOSELFCTL" enable noself-test && cat /etc/systemd/system/noself-test.service.d/noself.conf &&
      "$NOSELFCTL" disable noself-test
  }
  export -f dead
  run -0 --separate-stderr unshare -m bash -c dead
  one_line noselfctl
  [[ $stderr == *"$NOTE"* && $output == *"LD_PRELOAD=$TREE/build/libnoself.so"* && ${lines[-1]} == *removed* ]]
}

@test "busybox sh runs noselfctl like dash" {
  need busybox dash
  unit a.service 'ExecStart=/bin/tool' 'Environment="LD_PRELOAD=/x.so"'
  session() {
    local call
    for call in help 'check /bin/sh' "enable --root $R -m fail a" "enable --root $R a" "disable --root $R a" \
      'ports 1 50000' 'ports --json 50000' 'ports --sysctl 50000' 'enable -m nix a'; do
      # shellcheck disable=SC2086 # to be split
      $shell "$NOSELFCTL" $call || echo "status $?"
    done
  }
  export -f session
  export R
  shell=dash run -0 trap_run 50000 50001 session
  local expected=$output
  shell='busybox sh' run -0 trap_run 50000 50001 session
  diff <(echo "$expected") <(echo "$output")
  [[ $output == *'a.service: enabled already'*'50000   -'* ]]
}
