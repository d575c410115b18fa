#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The command noselfctl where no systemd runs: check, status, ports, and units below a folder.
# shellcheck disable=SC2016,SC2030,SC2031,SC2086,SC2153,SC2154,SC2317,SC1003 # other shells expand what
# is quoted here; bats runs each test in a subshell, and sets variables; "busybox sh" is to be split

load lib/helpers
load lib/commands

setup_file() {
  make_tree
}

teardown_file() {
  remove_tree
}

setup() {
  find_shells
}

# field JSON-ON-STDIN EXPRESSION: what that Python expression says of the JSON, called d.
field() {
  python3 -c 'import json, sys; d = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"
}

# --- used wrongly ---

@test "used wrongly, noselfctl says so in a line and exits with 2" {
  for shell in "${SHELLS[@]}"; do
    run -2 --separate-stderr in_shell "$shell" "$NOSELFCTL"
    [[ $output == '' && $stderr == usage:* ]]
    for bad in 'nonsense' '--json' 'enable' 'disable' 'check' 'enable --json a' 'enable --nonsense a' \
      'status --runtime' 'check -m fail /bin/true' 'ports 0' 'ports 65536' 'ports 080' 'ports http' 'disable -m fail a' 'enable --root' \
      'enable --root= a' 'enable --root /no/such a' 'enable -m' 'enable -m nix a' 'enable -r 17 a' \
      'enable --log=relative a' 'enable --user --root / a'; do
      run -2 --separate-stderr in_shell "$shell" "$NOSELFCTL" $bad
      one_line noselfctl
      [[ $output == '' && $stderr == *'nothing done' ]]
    done
  done
}

@test "noselfctl prints --help and --version on stdout and exits with 0" {
  for shell in "${SHELLS[@]}"; do
    for call in -h --help 'enable --help' 'ports -h'; do
      run -0 --separate-stderr in_shell "$shell" "$NOSELFCTL" $call
      [[ $output == *'usage: noselfctl enable'*'--retries'*'--json'* && $stderr == '' ]]
    done
    run -0 in_shell "$shell" "$NOSELFCTL" --version
    [[ $output == "noselfctl $(<"$ROOT/shim/version")" ]]
  done
}

# --- check ---

@test "check says covered, or why not, and exits with 1 if one is not" {
  cd "$BATS_TEST_TMPDIR"
  cc -static -o static -x c - <<<'int main(void) { return 0; }'
  cc -rdynamic -o uring -x c - <<<'int io_uring_setup(void) { return 0; }
    int main(void) { return 0; }'
  printf '#!%s\n' "$PWD/static" >script && chmod +x script
  for shell in "${SHELLS[@]}"; do
    run -0 --separate-stderr in_shell "$shell" "$NOSELFCTL" check "$PROBES/dials" sh ./uring
    [[ ${lines[0]} =~ ^FILE\ +VERDICT\ +WHY$ && ${lines[1]} =~ ^"$PROBES/dials"\ +covered\ +-$ ]]
    [[ ${lines[2]} =~ /sh\ +covered && ${lines[3]} =~ covered\ +'warning: it imports io_uring' ]]
    [[ $stderr == '' ]]
    run -1 --separate-stderr in_shell "$shell" "$NOSELFCTL" check sh static script /tmp nosuch
    [[ ${lines[1]} == *covered* && ${lines[2]} =~ ^./static\ +static\ +statically ]]
    [[ ${lines[3]} =~ ^./script\ +static\ +'a script, run by' ]]
    [[ ${lines[4]} =~ directory && ${lines[5]} =~ ^./nosuch\ +missing ]]
  done
}

@test "the columns of a table line up" {
  for shell in "${SHELLS[@]}"; do
    run -0 in_shell "$shell" "$NOSELFCTL" check "$PROBES/dials" sh
    local head=${lines[0]%%VERDICT*} line
    for line in "${lines[@]:1}"; do
      [[ ${line:${#head}:7} == covered && ${line:${#head}-1:1} == ' ' ]]
    done
  done
}

@test "check prints JSON that other programs can read, whatever the files are called" {
  cd "$BATS_TEST_TMPDIR"
  cp "$PROBES/dials" 'odd "name\	é'
  for shell in "${SHELLS[@]}"; do
    run -0 in_shell "$shell" "$NOSELFCTL" check --json './odd "name\	é' sh
    [[ $(field 'd[0]["file"], d[0]["verdict"], d[0]["why"], len(d)' <<<"$output") == \
      "('./odd \"name\\\\?é', 'covered', None, 2)" ]]
    run -1 in_shell "$shell" "$NOSELFCTL" --json check sh || true
    run -1 in_shell "$shell" "$NOSELFCTL" check nosuch --json
    [[ $(field 'd[0]["verdict"]' <<<"$output") == missing ]]
  done
}

@test "check judges for ordinary users: set-user-ID and capabilities count for root as well" {
  need_root
  cp "$PROBES/dials" "$OPEN/suid" && chmod 4755 "$OPEN/suid"
  cp "$PROBES/dials" "$OPEN/sgid" && chmod 2755 "$OPEN/sgid"
  cp "$PROBES/dials" "$OPEN/capable"
  setcap cap_net_bind_service=ep "$OPEN/capable" || lacking "no file capabilities here"
  for shell in "${SHELLS[@]}"; do
    run -1 in_shell "$shell" "$NOSELFCTL" check "$OPEN/suid" "$OPEN/sgid" "$OPEN/capable"
    [[ ${lines[1]} == *set-user-ID* && ${lines[2]} == *set-group-ID* && ${lines[3]} == *capabilities* ]]
  done
}

@test "check says so where nothing can tell of file capabilities" {
  need_root
  blind() {
    for at in /sbin /usr/sbin /bin /usr/bin; do
      for tool in getcap getfattr tar; do
        [[ ! -x $at/$tool ]] || mount --bind /dev/null "$at/$tool"
      done
    done
    in_shell "$@"
  }
  export -f blind
  for shell in "${SHELLS[@]}"; do
    run -0 --separate-stderr unshare -m bash -c 'blind "$@"' - "$shell" "$NOSELFCTL" check \
      "$PROBES/dials" sh
    [[ ${lines[1]} == *covered* ]]
    one_line noselfctl
    [[ $stderr == *'file capabilities could not be looked at'* ]]
  done
}

@test "check does not guess at a program that it may not read" {
  need_root
  cp "$PROBES/dials" "$OPEN/unreadable" && chmod 711 "$OPEN/unreadable"
  for shell in "${SHELLS[@]}"; do
    run -1 as_nobody $shell "$NOSELFCTL" check "$OPEN/unreadable"
    [[ ${lines[1]} == *unreadable*'cannot be judged'* ]]
  done
}

@test "check comes to an end on damaged programs, and never takes long" {
  mkdir "$BATS_TEST_TMPDIR/damaged"
  # every field of the first program headers in turn is as large as can be
  python3 -c '
import os, sys
whole = open(sys.argv[1], "rb").read()
for n in range(91):
    damaged = bytearray(whole)
    damaged[64 + n * 8:72 + n * 8] = bytes([255] * 8)
    path = "%s/%d" % (sys.argv[2], n)
    open(path, "wb").write(damaged)
    os.chmod(path, 0o755)' "$PROBES/dials" "$BATS_TEST_TMPDIR/damaged"
  for shell in "${SHELLS[@]}"; do
    run timeout 60 $shell "$NOSELFCTL" check "$BATS_TEST_TMPDIR"/damaged/*
    [[ $status -le 1 && ${#lines[@]} == 92 ]]
  done
}

# --- status ---

# beside PREFIX... -- CMD...: runs CMD while the probe hold runs, started by PREFIX, its pid in $pid.
beside() {
  local prefix=() input=$BATS_TEST_TMPDIR/input.$BASHPID said=$BATS_TEST_TMPDIR/said.$BASHPID status
  while [[ $1 != -- ]]; do
    prefix+=("$1")
    shift
  done
  shift
  mkfifo "$input"
  "${prefix[@]}" "$PROBES/hold" 0 <"$input" >"$said" 3>&- &
  pid=$!
  exec 9>"$input"
  export pid
  wait_for 5 test -s "$said"
  "$@" 9>&-
  status=$?
  exec 9>&-
  wait "$pid"
  rm "$input" "$said"
  return "$status"
}
export -f beside

@test "status tells a process with the shim from one without" {
  for shell in "${SHELLS[@]}"; do
    run -1 beside env -- bash -c 'in_shell "$0" "$NOSELFCTL" status "$pid"' "$shell"
    [[ ${lines[0]} =~ ^PID\ +UNIT\ +PROGRAM\ +SHIM\ +FILE\ +SETTINGS$ && ${lines[1]} =~ hold\ +no\ +- ]]
    run -0 beside "$NOSELF" -m fail -l stderr -- bash -c 'in_shell "$0" "$NOSELFCTL" status "$pid"' "$shell"
    [[ ${lines[1]} == *hold*loaded*"$TREE/build/libnoself.so"*'NOSELF_MODE=fail'* ]]
    [[ ${lines[1]} == *NOSELF_LOG=stderr* ]]
    run -0 beside "$NOSELF" -- bash -c 'in_shell "$0" "$NOSELFCTL" status "$pid"' "$shell"
    [[ ${lines[1]} =~ loaded.*defaults ]]
    run -1 beside "$NOSELF" -- bash -c 'in_shell "$0" "$NOSELFCTL" status "$pid" $$' "$shell"
    [[ ${lines[1]} == *loaded* && ${lines[2]} =~ bash\ +no ]]
  done
}

@test "status without an argument lists those that have it, and nobody else" {
  for shell in "${SHELLS[@]}"; do
    run -0 beside "$NOSELF" -- bash -c 'in_shell "$0" "$NOSELFCTL" status && echo "held by $pid"' "$shell"
    local pid=${lines[-1]#held by }
    [[ $(grep -c "^$pid .* hold .*loaded" <<<"$output") == 1 && $output != *' no '* ]]
    run -0 --separate-stderr beside "$NOSELF" -- \
      bash -c 'in_shell "$0" "$NOSELFCTL" status --json' "$shell"
    [[ $(field '"loaded" in [p["shim"] for p in d if p["program"] == "hold"]' <<<"$output") == True ]]
  done
}

@test "status says that the library has been replaced since" {
  local tree=$BATS_TEST_TMPDIR/tree
  cp -R "$TREE" "$tree"
  replaced() {
    cp "$SHIM" "$1/build/new" && mv "$1/build/new" "$1/build/libnoself.so"
    in_shell "$2" "$NOSELFCTL" status "$pid"
  }
  export -f replaced
  for shell in "${SHELLS[@]}"; do
    run -0 --separate-stderr beside "$tree/scripts/cmd/noself" -- replaced "$tree" "$shell"
    [[ ${lines[1]} =~ hold\ +replaced\ +"$tree/build/libnoself.so" ]]
    one_line noselfctl
    [[ $stderr == *'restart it'* ]]
  done
}

@test "status does not guess at settings that a program has written over" {
  cc -o "$BATS_TEST_TMPDIR/titled" -x c - <<<'#include <string.h>
    #include <stdio.h>
    #include <unistd.h>
    extern char **environ;
    int main(void) {
      for (char **e = environ; *e; e++) memset(*e, 0, strlen(*e));
      puts("ready"); fflush(stdout);
      char c; return read(0, &c, 1) < 0; }'
  for shell in "${SHELLS[@]}"; do
    run -0 env PROBES="$BATS_TEST_TMPDIR/probes" bash -c '
      mkdir -p "$PROBES" && cp "$0/titled" "$PROBES/hold"
      beside "$NOSELF" -m fail -- bash -c "in_shell \"\$0\" \"\$NOSELFCTL\" status \"\$pid\"" "$1"' \
      "$BATS_TEST_TMPDIR" "$shell"
    [[ ${lines[1]} =~ loaded.*unknown$ ]]
  done
}

@test "status of what is not there, or may not be looked at, is no yes" {
  local gone
  gone=$(bash -c 'echo $BASHPID')
  for shell in "${SHELLS[@]}"; do
    run -1 --separate-stderr in_shell "$shell" "$NOSELFCTL" status "$gone"
    one_line noselfctl
    [[ $output == '' && $stderr == "noselfctl: no such process: $gone" ]]
    run -1 --separate-stderr in_shell "$shell" "$NOSELFCTL" status --json "$gone"
    [[ $output == '[]' ]]
    run -1 --separate-stderr in_shell "$shell" "$NOSELFCTL" status no-such-unit
    [[ $stderr == *'no-such-unit.service: no process of it runs'* ]]
    run -2 in_shell "$shell" "$NOSELFCTL" status ../x
  done
}

@test "status does not take what it may not look at for a process without the shim" {
  need_root
  for shell in "${SHELLS[@]}"; do
    run -1 --separate-stderr as_nobody $shell "$NOSELFCTL" status $$
    one_line noselfctl
    [[ ${lines[1]} == *unreadable* && $stderr == *'may not be looked at by this user'* ]]
  done
}

# --- ports ---

# ports_held LO HI RESERVED PORTS CMD...: CMD in a namespace with that ephemeral range, while PORTS
# are listened on.
ports_held() {
  trap_run "$1" "$2" bash -c '
    echo "$0" >/proc/sys/net/ipv4/ip_local_reserved_ports
    ports=$1
    shift
    exec 8< <(exec "$PROBES/hold" $ports < <(exec tail -f /dev/null --pid=$$))
    read -r _ <&8
    "$@"' "${@:3}"
}

@test "ports finds the listening ports at risk, and the line that mends it does" {
  need_namespace
  mended() {
    in_shell "$1" "$NOSELFCTL" ports && return 9
    sysctl -q -w "$(in_shell "$1" "$NOSELFCTL" ports | grep -o 'net.ipv4.ip_local_reserved_ports=.*')" || return
    cat /proc/sys/net/ipv4/ip_local_reserved_ports
    in_shell "$1" "$NOSELFCTL" ports
  }
  export -f mended
  need sysctl
  for shell in "${SHELLS[@]}"; do
    run -0 ports_held 40000 50001 8080,41000-41010,45000 '50001 50000 41005 41011 39999 45001' \
      mended "$shell"
    [[ $output == *'  net.ipv4.ip_local_reserved_ports=8080,41000-41011,45000-45001,50000-50001'* ]]
    [[ $output == *$'\n8080,41000-41011,45000-45001,50000-50001\n'*'No listening port lies unreserved'* ]]
    [[ $(grep -cE '^127\.0\.0\.1 +(41011|45001|50000|50001) +LISTEN +[0-9]+ +hold$' <<<"$output") == 4 ]]
    [[ $output != *39999* && $output != *41005* ]]
    [[ $output == *'No connection has reached itself'* ]]
  done
}

@test "ports has nothing to say where all is well, and says that" {
  need_namespace
  for shell in "${SHELLS[@]}"; do
    run -0 --separate-stderr ports_held 50000 50009 50000-50001 '50000 49999' \
      in_shell "$shell" "$NOSELFCTL" ports
    [[ $output == 'No listening port lies unreserved in the ephemeral range, 50000 to 50009.
For a service that is away at the moment, name its port: noselfctl ports PORT...

No connection has reached itself.' ]]
    run -0 ports_held 50000 50009 50000 '50000' in_shell "$shell" "$NOSELFCTL" ports --json
    [[ $(field 'd["ports"], d["sysctl"], d["nft"], d["self_connections"], d["range"]' <<<"$output") == \
      '([], None, None, [], [50000, 50009])' ]]
  done
}

@test "ports speaks of a service that is away when its port is named" {
  need_namespace
  for shell in "${SHELLS[@]}"; do
    run -1 ports_held 50000 50009 50004 50001 in_shell "$shell" "$NOSELFCTL" ports 50003 50004 80 50001
    [[ $output == *'net.ipv4.ip_local_reserved_ports=50001,50003-50004'* ]]
    grep -qE '^- +50003 +- +- +-$' <<<"$output"
    [[ $(grep -cE '^[0-9.-]+ +[0-9]+ ' <<<"$output") == 2 && $output == *'{ 50001, 50003 }'* ]]
    run -0 trap_run 50000 50009 in_shell "$shell" "$NOSELFCTL" ports 80
  done
}

# selves: connections that reach themselves, over IPv4, IPv6 and one in the other, then CMD.
selves() {
  python3 -c '
import socket, subprocess, sys
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

@test "ports lists the connections that have reached themselves, with pid and program" {
  need_namespace
  listed() {
    ip address add 2001:db8::1:0:0:2/128 dev lo nodad || return
    selves "$@"
  }
  export -f listed
  for shell in "${SHELLS[@]}"; do
    run -0 trap_run 40000 40001 listed $shell "$NOSELFCTL" ports
    [[ $(grep -cE ' (4500[0-3]) +ESTABLISHED +[0-9]+ +python3' <<<"$output") == 4 ]]
    grep -qE '^127\.0\.0\.1 +45000 ' <<<"$output"
    grep -qE '^::1 +45001 ' <<<"$output"
    grep -qE '^::ffff:127\.0\.0\.1 +45002 ' <<<"$output"
    grep -qE '^2001:db8::1:0:0:2 +45003 ' <<<"$output"
    grep -qE '^127\.0\.0\.1 +45004 +TIME_WAIT +- +-$' <<<"$output"
    run -0 trap_run 40000 40001 listed $shell "$NOSELFCTL" ports --json
    [[ $(field 'sorted(c["port"] for c in d["self_connections"])' <<<"$output") == \
      '[45000, 45001, 45002, 45003, 45004]' ]]
  done
}

@test "the nft rules refuse a self-connection to programs that no preload reaches, and nothing else" {
  need_namespace
  need nft
  cc -static -o "$BATS_TEST_TMPDIR/static" "$ROOT/tests/probes/dials.c"
  trap_run 50000 50000 in_shell "${SHELLS[0]}" "$NOSELFCTL" ports 50000 --json \
    >"$BATS_TEST_TMPDIR/json" || [[ $? == 1 ]]
  field 'd["nft"]' <"$BATS_TEST_TMPDIR/json" >"$BATS_TEST_TMPDIR/rules"
  run -1 trap_run 50000 50000 "$BATS_TEST_TMPDIR/static" 1 50000
  [[ $output == '1 dials, 0 refused, 1 reached themselves' ]]
  ruled() {
    nft -f "$BATS_TEST_TMPDIR/rules" && nft -f "$BATS_TEST_TMPDIR/rules" && "$@"
  }
  export -f ruled
  export BATS_TEST_TMPDIR
  run -0 trap_run 50000 50000 ruled "$BATS_TEST_TMPDIR/static" 3 50000
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

# --- units below a folder ---

# unit NAME [LINE...]: makes a system below $R with that unit, its text being these lines.
unit() {
  R=$BATS_TEST_TMPDIR/root
  U=$R/usr/lib/systemd/system
  E=$R/etc/systemd/system
  mkdir -p "$U" "$E" "$R/usr/local/lib" "$R/bin"
  cp "$SHIM" "$R/usr/local/lib/libnoself.so"
  cp "$PROBES/dials" "$R/bin/tool"
  [[ $1 == */* ]] || set -- "$U/$1" "${@:2}"
  mkdir -p "$(dirname "$1")"
  printf '%s\n' '[Service]' "${@:2}" >"$1"
}

# ctl SUBCOMMAND ARG...: runs it below $R with $shell.
ctl() {
  run --separate-stderr in_shell "$shell" "$NOSELFCTL" "$1" --root "$R" "${@:2}"
}

@test "enable writes a drop-in with the options, quoted for systemd, and disable takes it away" {
  unit a.service 'ExecStart=/bin/tool'
  for shell in "${SHELLS[@]}"; do
    ctl enable -m fail --retries=4 -l '/var/log/100% "a" \b $c' -eENETDOWN a
    [[ $status == 0 && $stderr == '' && $output == "a.service: wrote $E/a.service.d/noself.conf"* ]]
    [[ $(<"$E/a.service.d/noself.conf") == '# Written by noselfctl enable; taken away by noselfctl disable.
[Service]
Environment="LD_PRELOAD=/usr/local/lib/libnoself.so"
Environment="NOSELF_MODE=fail"
Environment="NOSELF_RETRIES=4"
Environment="NOSELF_LOG=/var/log/100%% \"a\" \\b $c"
Environment="NOSELF_ERRNO=ENETDOWN"' ]]
    [[ $(stat -c %a "$E/a.service.d/noself.conf") == 644 ]]
    ctl enable a.service
    [[ $status == 0 && $(grep -c NOSELF_ "$E/a.service.d/noself.conf") == 0 ]]
    ctl enable a
    [[ $status == 0 && $output == "a.service: enabled already"* ]]
    run -0 ls -A "$E/a.service.d"
    [[ $output == noself.conf ]]
    ctl disable a
    [[ $status == 0 && $output == "a.service: removed $E/a.service.d/noself.conf"* && ! -e $E/a.service.d ]]
    ctl disable a
    [[ $status == 0 && $output == 'a.service: not enabled, nothing to take away' ]]
  done
}

@test "--runtime writes below /run, and disable takes away both" {
  unit a.service
  for shell in "${SHELLS[@]}"; do
    ctl enable --runtime a
    [[ $status == 0 && -f $R/run/systemd/system/a.service.d/noself.conf && ! -e $E/a.service.d ]]
    ctl enable a
    [[ $status == 0 && -f $E/a.service.d/noself.conf ]]
    ctl enable --runtime a
    [[ $status == 1 && $stderr == *'enabled already'* ]]
    ctl disable --runtime a
    [[ $status == 0 && -f $E/a.service.d/noself.conf && ! -e $R/run/systemd/system/a.service.d ]]
    ctl enable a
    mkdir -p "$R/run/systemd/system/a.service.d"
    cp "$E/a.service.d/noself.conf" "$R/run/systemd/system/a.service.d"
    ctl disable a
    [[ $status == 0 && ! -e $E/a.service.d && ! -e $R/run/systemd/system/a.service.d ]]
  done
}

@test "what is in the folder besides stays there" {
  unit a.service
  mkdir -p "$E/a.service.d"
  echo other >"$E/a.service.d/other.conf"
  for shell in "${SHELLS[@]}"; do
    ctl enable a
    ctl disable a
    [[ $status == 0 && $(ls "$E/a.service.d") == other.conf ]]
  done
}

@test "a noself.conf that somebody else wrote is neither written over nor removed" {
  unit a.service
  mkdir -p "$E/a.service.d"
  echo mine >"$E/a.service.d/noself.conf"
  for shell in "${SHELLS[@]}"; do
    for call in enable disable; do
      ctl "$call" a
      one_line noselfctl
      [[ $status == 1 && $stderr == *'left alone; nothing done' && $(<"$E/a.service.d/noself.conf") == mine ]]
    done
  done
}

@test "names that are no unit's are refused with 2, and nothing is written for the others" {
  unit a.service
  for shell in "${SHELLS[@]}"; do
    for name in '' ../a a/b /etc/passwd .. a..b .a -x @b.service 'a b' 'a*' 'a?' 'a$b' $'a\nb' "a'b" é \
      "$(printf 'a%.0s' {1..260})" a.target a.timer a.slice a.scope a.path a.device; do
      ctl enable -- a "$name"
      one_line noselfctl
      [[ $status == 2 && $output == '' && ! -e $E/a.service.d ]] || {
        echo "status $status for '$name'"
        return 1
      }
    done
  done
}

@test "a unit that is not there or masked is refused with 1, and nothing is written for the others" {
  unit a.service
  ln -s /dev/null "$E/masked.service"
  : >"$E/empty.service"
  for shell in "${SHELLS[@]}"; do
    for name in nosuch masked empty 'no@instance' 'no@'; do
      ctl enable a "$name"
      one_line noselfctl
      [[ $status == 1 && ! -e $E/a.service.d ]]
    done
    [[ $stderr == *"no such unit below $R: no@.service"* ]]
  done
}

@test "templates, instances, aliases and other units with programs find their folder and section" {
  unit t@.service
  unit real.service
  unit 'a\x2db.service'
  unit s.socket
  sed -i 's/Service/Socket/' "$U/s.socket"
  ln -s real.service "$U/alias.service"
  ln -s /usr/lib/systemd/system/t@.service "$E/two@.service"
  for shell in "${SHELLS[@]}"; do
    ctl enable t@ t@x.y alias 'a\x2db' s.socket two@i
    [[ $status == 0 ]]
    run -0 find "$E" -type f
    [[ $(sort <<<"$output") == "$E/a\\x2db.service.d/noself.conf
$E/real.service.d/noself.conf
$E/s.socket.d/noself.conf
$E/t@.service.d/noself.conf
$E/t@i.service.d/noself.conf
$E/t@x.y.service.d/noself.conf" ]]
    grep -qx '\[Socket\]' "$E/s.socket.d/noself.conf"
    ctl disable t@ t@x.y alias 'a\x2db' s.socket two@i
    [[ $status == 0 && -z $(find "$E" -type f) ]]
  done
}

@test "an LD_PRELOAD that the unit has is carried along, wherever and however it is written" {
  # expect VALUE: the drop-in, or the file beside it, has VALUE before the shim
  expect() {
    for shell in "${SHELLS[@]}"; do
      ctl enable a
      [[ $status == 0 ]]
      run cat "$E/a.service.d/noself.conf" "$E/a.service.d/noself.env"
      [[ $output == *"LD_PRELOAD=$1/usr/local/lib/libnoself.so\""* || \
        $output == *"LD_PRELOAD=\"$1/usr/local/lib/libnoself.so\""* ]] || {
        echo "expected '$1' in: $output"
        return 1
      }
      ctl disable a
    done
  }
  unit a.service 'Environment=LD_PRELOAD=/x.so'
  expect '/x.so:'
  unit a.service 'Environment=A=1 "LD_PRELOAD=/x.so /y.so" B=2'
  expect '/x.so:/y.so:'
  unit a.service "Environment='LD_PRELOAD=/x.so:/old/libnoself.so'"
  expect '/x.so:'
  unit a.service 'Environment=A=1 \' '; a comment' '  LD_PRELOAD=/x.so \' 'B=2' 'Environment=C=3'
  expect '/x.so:'
  unit a.service 'Environment=LD_PRELOAD=/x.so' 'Environment=LD_PRELOAD=/y.so'
  expect '/y.so:'
  unit a.service 'Environment=LD_PRELOAD=/x.so' 'Environment='
  expect ''
  unit a.service 'Environment="LD_PRELOAD=\x2fx\056so"'
  expect '/x.so:'
  unit a.service 'Environment="LD_PRELOAD=/x-%i-%%.so"'
  expect '/x-%i-%%.so:'
  unit a.service 'Environment=X="LD_PRELOAD=/no.so"' 'Environment="unterminated LD_PRELOAD=/no.so'
  expect ''
  unit a.service '[Unit]' 'Environment=LD_PRELOAD=/no.so'
  expect ''
  unit a.service 'Environment=LD_PRELOAD=/x.so'
  unit "$U/a.service.d/10-y.conf" 'Environment=LD_PRELOAD=/y.so'
  expect '/y.so:'
  unit "$E/a.service.d/10-y.conf" 'Environment=A=1'
  expect '/x.so:'
  ln -sf /dev/null "$E/a.service.d/10-y.conf"
  expect '/x.so:'
  rm -r "$E/a.service.d"
  # read after noself.conf: the drop-in alone would not count
  unit "$E/a.service.d/override.conf" 'Environment=LD_PRELOAD=/z.so'
  expect '/z.so:'
  rm "$E/a.service.d/override.conf" "$U/a.service.d/10-y.conf"
  unit "$E/service.d/all.conf" 'Environment=LD_PRELOAD=/all.so'
  expect '/all.so:'
  rm -r "$E/service.d"
  mkdir -p "$R/etc/default"
  echo 'LD_PRELOAD="/env.so"' >"$R/etc/default/a"
  unit a.service 'Environment=LD_PRELOAD=/x.so' 'EnvironmentFile=-/etc/default/a' 'EnvironmentFile=-/no/such'
  expect '/env.so:'
}

@test "drop-ins of a template and of a common prefix count for the unit" {
  unit pre-fix-t@.service
  unit "$E/pre-.service.d/10-a.conf" 'Environment=LD_PRELOAD=/a.so'
  unit "$E/pre-fix-t@.service.d/20-b.conf" 'Environment=A=1'
  for shell in "${SHELLS[@]}"; do
    ctl enable pre-fix-t@i
    [[ $status == 0 ]]
    grep -q 'LD_PRELOAD=/usr' "$E/pre-fix-t@i.service.d/noself.conf" # a template has none of those
  done
  unit pre-fix.service
  unit "$E/pre-.service.d/10-a.conf" 'Environment=LD_PRELOAD=/a.so'
  for shell in "${SHELLS[@]}"; do
    ctl enable pre-fix
    [[ $status == 0 ]]
    grep -q 'LD_PRELOAD=/a.so:/usr' "$E/pre-fix.service.d/noself.conf"
  done
}

@test "where something would count more than any drop-in of ours, nothing is written" {
  unit a.service
  mkdir -p "$R/etc/default"
  echo 'LD_PRELOAD=/env.so' >"$R/etc/default/a"
  unit "$E/a.service.d/zz.conf" 'EnvironmentFile=/etc/default/a'
  for shell in "${SHELLS[@]}"; do
    ctl enable a
    one_line noselfctl
    [[ $status == 1 && $stderr == *"/etc/default/a sets LD_PRELOAD"* && ! -e $E/a.service.d/noself.conf ]]
  done
}

@test "what would defeat the shim is warned of, and what would not is not" {
  local shell
  # warned PATTERN LINE...: enabling a unit with these lines warns so
  warned() {
    unit a.service "${@:2}"
    for shell in "${SHELLS[@]}"; do
      ctl enable a
      [[ $status == 0 && $stderr == *"warning: a.service: "*$1* ]] || {
        echo "expected a warning of '$1', got: $stderr"
        return 1
      }
    done
  }
  quiet() {
    unit a.service "$@"
    for shell in "${SHELLS[@]}"; do
      ctl enable a
      [[ $status == 0 && $stderr == '' ]] || {
        echo "expected no warning for '$*', got: $stderr"
        return 1
      }
    done
  }
  unit a.service
  cc -static -o "$R/bin/static" -x c - <<<'int main(void) { return 0; }'
  cp "$PROBES/dials" "$R/bin/suid" && chmod 4755 "$R/bin/suid"
  cp "$PROBES/dials" "$R/bin/sgid" && chmod 2755 "$R/bin/sgid"
  warned 'statically linked' 'ExecStart=-@/bin/static static'
  warned 'statically linked' 'ExecStart=/bin/tool' 'ExecStartPre="/bin/static" x'
  warned 'statically linked' 'ExecStart=static'
  quiet 'ExecStart=/bin/static' 'ExecStart=' 'ExecStart=/bin/tool'
  warned 'set-user-ID' 'ExecStart=/bin/suid' 'User=daemon'
  quiet 'ExecStart=/bin/suid' 'User=daemon' 'NoNewPrivileges=yes'
  if [[ $EUID == 0 ]]; then
    quiet 'ExecStart=/bin/suid'
    warned 'set-group-ID' 'ExecStart=/bin/sgid' 'User=daemon'
  fi
  warned 'SystemCallFilter=' 'SystemCallFilter=connect socket'
  warned 'SystemCallFilter=' 'SystemCallFilter=@system-service' 'SystemCallFilter=~@network-io'
  warned 'SystemCallFilter=' 'SystemCallFilter=~getsockname:EPERM'
  quiet 'SystemCallFilter=@system-service'
  quiet 'SystemCallFilter=~@mount' 'SystemCallFilter=~@swap'
  quiet 'SystemCallFilter=connect' 'SystemCallFilter=@network-io'
  quiet 'SystemCallFilter=connect' 'SystemCallFilter='
  warned 'UnsetEnvironment=' 'UnsetEnvironment=FOO LD_PRELOAD'
  warned 'PassEnvironment=' 'PassEnvironment=LD_PRELOAD'
  warned 'RootImage=' 'RootImage=/a.img'
  warned 'RootDirectory=/jail' 'RootDirectory=/jail'
  warned 'SELinux' 'SELinuxContext=a:b:c'
  quiet 'AmbientCapabilities=CAP_NET_BIND_SERVICE' 'User=root' 'ProtectSystem=strict' 'ProtectHome=yes' 'PrivateTmp=yes'
  mkdir -p "$R/jail/usr/local/lib" && cp "$SHIM" "$R/jail/usr/local/lib"
  quiet 'RootDirectory=/jail'
}

@test "without a shim below the folder nothing is written" {
  unit a.service
  rm "$R/usr/local/lib/libnoself.so"
  for shell in "${SHELLS[@]}"; do
    ctl enable a
    one_line noselfctl
    [[ $status == 1 && $stderr == *"no libnoself.so is installed below $R"* && ! -e $E/a.service.d ]]
  done
}

@test "where it may not write, noselfctl says so and leaves nothing behind" {
  need_root
  unit a.service
  chmod 755 "$R"
  for shell in "${SHELLS[@]}"; do
    run -1 --separate-stderr unshare -m bash -c '
      mount --bind -o ro "$2" "$2" && mount -o remount,bind,ro "$2" && in_shell "$0" "$NOSELFCTL" enable --root "$1" a' \
      "$shell" "$R" "$E"
    one_line noselfctl
    [[ $stderr == *'cannot make'*'left as it was' && -z $(ls -A "$E") ]]
  done
}

@test "with no systemd running the drop-in is written and a reload is said to be due" {
  need_root
  dead() {
    mount -t tmpfs none /run && mount -t tmpfs none /etc/systemd || return
    mkdir -p /etc/systemd/system
    printf '[Service]\nExecStart=/bin/true\n' >/etc/systemd/system/noself-test.service
    in_shell "$1" "$NOSELFCTL" enable noself-test &&
      cat /etc/systemd/system/noself-test.service.d/noself.conf &&
      in_shell "$1" "$NOSELFCTL" disable noself-test
  }
  export -f dead
  for shell in "${SHELLS[@]}"; do
    run -0 --separate-stderr unshare -m bash -c 'dead "$0"' "$shell"
    [[ $stderr == '' && $output == *"LD_PRELOAD=$TREE/build/libnoself.so"* ]]
    [[ $(grep -c 'a reload is due: systemctl daemon-reload' <<<"$output") == 2 ]]
    [[ $(grep -c 'and then a restart: systemctl restart noself-test.service' <<<"$output") == 2 ]]
  done
}

# --- pages and completions ---

@test "the manual pages have nothing for mandoc to complain about" {
  need mandoc
  local page reference
  for page in shim/man/noself.1 shim/man/noselfctl.8 shim/man/libnoself.7; do
    run --separate-stderr mandoc -Tlint "$ROOT/$page"
    # whether pages of other packages are installed here is no matter
    run grep -v 'referenced manual not found' <<<"$output"
    [[ -z $output ]] || {
      echo "$output"
      return 1
    }
    run -0 sed -n 's/^\.Xr \(noself[a-z]*\|libnoself\) \([0-9]\).*/\1.\2/p' "$ROOT/$page"
    [[ -n $output ]]
    for reference in "${lines[@]}"; do
      [[ $reference == @(noself.1|noselfctl.8|libnoself.7) ]]
    done
  done
}

@test "the manual pages name every option and every variable" {
  local option variable
  for option in mode retries errno pinned bind-no-port log force help version; do
    grep -q "Fl -$option\b" "$ROOT/shim/man/noself.1"
  done
  for option in runtime root user json help version; do
    grep -q "Fl -$option\b" "$ROOT/shim/man/noselfctl.8"
  done
  run -0 sed -n 's/.*"\(NOSELF_[A-Z_]*\)".*/\1/p' "$ROOT/shim/core/settings.c"
  [[ ${#lines[@]} == 7 ]]
  for variable in "${lines[@]}"; do
    grep -q "Ev.*$variable\b" "$ROOT/shim/man/libnoself.7"
    grep -q "$variable\b" "$ROOT/shim/man/noself.1"
  done
}

# completed WORD...: what bash would offer for the last word.
completed() {
  # shellcheck source=/dev/null
  . "$ROOT/scripts/cmd/noself.bash"
  # shellcheck source=/dev/null
  . "$ROOT/scripts/cmd/noselfctl.bash"
  COMP_WORDS=("$@")
  COMP_CWORD=$(($# - 1))
  COMPREPLY=()
  "_$1"
  echo "${COMPREPLY[*]}"
}

@test "bash completes options, values, subcommands and commands" {
  [[ $(completed noself --mo) == --mode ]]
  [[ $(completed noself -m '') == 'retry fail observe' ]]
  [[ $(completed noself --mode = o) == observe ]]
  [[ $(completed noself -r 1) == '1 10 11 12 13 14 15 16' ]]
  [[ $(completed noself -m fail unshar) == *unshare* ]]
  [[ $(completed noself -- unshar) == *unshare* ]]
  [[ $(completed noselfctl en) == enable ]]
  [[ $(completed noselfctl enable --p) == --pinned ]]
  [[ $(completed noselfctl check --) == *--json* ]]
  [[ $(completed noselfctl status $$) == *$$* ]]
}

@test "zsh loads the completions and offers what they say" {
  need zsh
  mkdir "$BATS_TEST_TMPDIR/functions"
  local command
  for command in noself noselfctl; do
    cp "$ROOT/scripts/cmd/$command.zsh" "$BATS_TEST_TMPDIR/functions/_$command"
  done
  run -0 timeout 60 zsh -f "$ROOT/tests/lib/complete.zsh" "$BATS_TEST_TMPDIR/functions" \
    'noself --mod' 'noself -m ob' 'noselfctl che' 'noselfctl enable --pin' 'noselfctl ports --j'
  [[ $output == 'noself --mode=
noself -m observe
noselfctl check
noselfctl enable --pinned=
noselfctl ports --json' ]]
}

@test "fish loads the completions and offers what they say" {
  need fish
  offered() {
    HOME=$BATS_TEST_TMPDIR fish --no-config -c 'source $argv[1]; source $argv[2]; complete -C $argv[3]' \
      "$ROOT/scripts/cmd/noself.fish" "$ROOT/scripts/cmd/noselfctl.fish" "$1" | cut -f 1
  }
  [[ $(offered 'noself --mo') == --mode ]]
  [[ $(offered 'noself -m ') == $'fail\nobserve\nretry' ]]
  [[ $(offered 'noself -m fail unshar') == *unshare* ]]
  [[ $(offered 'noselfctl en') == enable ]]
  [[ $(offered 'noselfctl ports --') == *--json* ]]
}
