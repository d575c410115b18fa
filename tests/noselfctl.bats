#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The command noselfctl without systemd: usage, check, status, ports, units below a directory.
# shellcheck disable=SC2016,SC2030,SC2031,SC2086,SC2153,SC2154,SC2317 # other shells expand what is
# quoted here; bats runs each test in a subshell, sets variables and calls functions; calls are split

load lib/helpers
load lib/commands

setup_file() {
  make_tree
  cc -static -o "$OPEN/static" "$ROOT/tests/probes/serve.c"
  cc -static -o "$OPEN/dial" "$ROOT/tests/probes/dial.c"
  # Writes its title over its environment.
  cc -o "$OPEN/titled" -x c - <<<'#include <string.h>
    #include <unistd.h>
    extern char **environ;
    int main(void) {
      for (char **e = environ; *e; e++) memset(*e, 0, strlen(*e));
      char c; return write(1, "x", 1) + read(0, &c, 1) < 0; }'
}

setup() {
  cd "$BATS_TEST_TMPDIR" || return
}

# --- usage ---

@test "noselfctl called wrongly says so in one line, exits with 2 and writes nothing" {
  unit a.service
  local bad
  for bad in '' nonsense --json enable disable check 'enable --json a' 'enable --nonsense=x a' \
    'enable -s a' 'status --runtime' 'check -m fail /bin/true' 'ports 0' 'ports 65536' 'ports 080' \
    'ports http' 'disable -m fail a' 'disable --force a' 'enable --root' 'enable --root= a' \
    'enable --root /no/such a' 'enable --user --root /tmp a' 'enable a.target' 'status ../x' \
    'enable -m nix a' 'enable -r 17 a' 'enable --log=relative a' 'enable -m'; do
    refused 2 '; ' "$NOSELFCTL" $bad
  done
  for bad in '' ../a a/b .. a..b .a -x @b.service 'a b' 'a*' 'a?' 'a$b' $'a\nb' "a'b" é; do
    refused 2 'see noselfctl --help' "$NOSELFCTL" enable --root "$R" -- a "$bad"
  done
  [[ ! -e $E/a.service.d ]]
}

@test "noselfctl prints its help and its version" {
  local call
  for call in help -h --help 'enable --help' 'ports -h'; do
    ctl 0 $call
    [[ $output == 'usage: noselfctl enable'*'--mode=retry|fail|observe'* && $stderr == '' ]]
  done
  ctl 0 --version
  [[ $output == "noselfctl $(<"$ROOT/shim/version")" ]]
}

@test "noselfctl names a missing command in one line" {
  cp "$NOSELFCTL" .
  PATH=/usr/bin:/bin refused 1 "noself: not found in $PWD or in PATH; " ./noselfctl check /bin/true
  mkdir bin
  type -P sh readlink tr sed awk | xargs ln -s -t bin
  refused 1 'ss: not found; install it' env PATH="$PWD/bin" "$NOSELFCTL" ports
}

@test "check prints what noself --check prints" {
  local files=("$PROBES/dial" "$OPEN/static" /no/such)
  ctl 1 check "${files[@]}"
  diff <(echo "$output") <("$NOSELF" --check "${files[@]}")
}

# --- status ---

# hold CMD...: runs CMD, which writes and then waits for the end of its input, as $HELD_PID.
hold() {
  coproc HELD { exec "$@"; }
  read -rn 1 _ <&"${HELD[0]}"
}

# shown STATUS PATTERN CMD...: status of the process CMD exits with STATUS, and its row matches.
# BEFORE is a command to run before that.
shown() {
  hold "${@:3}"
  local pid=$HELD_PID
  ${BEFORE-}
  ctl "$1" status "$pid"
  kill "$pid"
  wait "$pid" || true
  [[ ${lines[0]} =~ ^PID\ +UNIT\ +PROGRAM\ +STATE\ +FILE\ +SETTINGS$ && ${lines[1]} =~ $2 ]]
}

@test "status shows whether a process is covered, from which file and with which settings" {
  local serve=("$PROBES/serve" -w 0)
  shown 1 'serve +no +- +-$' "${serve[@]}"
  [[ $EUID != 0 || $stderr == '' ]]
  shown 0 "serve +loaded +$TREE/build/libnoself.so +NOSELF_MODE=fail NOSELF_LOG=stderr$" \
    "$NOSELF" -m fail -l stderr "${serve[@]}"
  shown 0 'serve +loaded .* defaults$' "$NOSELF" "${serve[@]}"
  shown 1 'serve +disabled ' env NOSELF_DISABLE=1 "$NOSELF" "${serve[@]}"
  shown 0 'titled +loaded .* unknown$' "$NOSELF" -m fail "$OPEN/titled"
  shown 1 'static +not loaded ' env LD_PRELOAD="$LIBRARY" "$OPEN/static" -w 0
  cp "$NOSELF" "$LIBRARY" .
  BEFORE='rm libnoself.so' shown 0 "serve +replaced +$PWD/libnoself.so " ./noself "${serve[@]}"
}

@test "status without an argument lists the processes that have the library, and no others" {
  hold "$NOSELF" "$PROBES/serve" -w 0
  ctl 0 status
  [[ $(count "^$HELD_PID .* serve .*loaded") == 1 && $(count "^$$ ") == 0 ]]
}

@test "status shows the processes that the supervisor covers, named or not" {
  need_supervisor
  need_root
  local row='static +supervised +- +NOSELF_MODE=fail'
  shown 0 "$row" "$NOSELF" -m fail "$OPEN/static" -w 0
  hold "$NOSELF" -m fail "$OPEN/static" -w 0
  ctl 0 status
  [[ $(count "^$HELD_PID .*$row") == 1 && $(count ' noself') == 0 ]]
}

@test "status of a missing process, or of one that it may not read, does not report it as covered" {
  local gone
  gone=$(bash -c 'echo $BASHPID')
  ctl 1 status "$gone" no-such-unit
  [[ $output =~ -\ +$gone\ .*'no such process' ]]
  [[ $output =~ no-such-unit.service\ .*'not running' ]]
  need_root
  run -1 --separate-stderr as_nobody "$NOSELFCTL" status $$
  [[ ${lines[1]} == *unreadable* && ${#stderr_lines[@]} == 1 && $stderr == noselfctl:*'use sudo' ]]
}

# --- ports ---

# held LO HI RESERVED PORTS CMD...: runs CMD in a namespace with that ephemeral range and these
# reserved ports, while PORTS have listeners.
held() {
  trap_run "$1" "$2" bash -c '
    echo "$0" >/proc/sys/net/ipv4/ip_local_reserved_ports
    listening $1
    "${@:2}"
    exit # else bash would become CMD, and the listeners would end' "${@:3}"
}

@test "ports lists the listening ports at risk, and its sysctl line, written twice, removes the risk" {
  need_namespace
  need sysctl
  cured() {
    "$NOSELFCTL" ports && return 9
    "$NOSELFCTL" ports --sysctl >conf && return 9
    sysctl -q -p conf || return
    "$NOSELFCTL" ports --sysctl | cmp - conf || return
    "$NOSELFCTL" ports
  }
  export -f cured
  run -0 held 40000 50001 8080,41000-41010,45000 '50001 50000 40000 41005 41011 39999 45001' cured
  [[ $output == 'Listening ports the kernel may give to a client as source port (it gives 40000 to 50001):'* ]]
  [[ $output == *'No listening port is at risk: '*'No connection has reached itself.' ]]
  run -0 awk '$3 == "LISTEN" { print $1, $2, $5 }' <<<"$output"
  [[ $output == '40000 127.0.0.1 serve
41011 127.0.0.1 serve
45001 127.0.0.1 serve
50000 127.0.0.1 serve
50001 127.0.0.1 serve' ]]
  [[ $(<conf) == net.ipv4.ip_local_reserved_ports=8080,40000,41000-41011,45000-45001,50000-50001 ]]
}

@test "ports answers for each port in its arguments" {
  need_namespace
  run -0 --separate-stderr trap_run 50000 50009 "$NOSELFCTL" ports 80
  [[ ${lines[0]} == '80: not at risk: outside the ephemeral range, 50000 to 50009' && $stderr == '' ]]
  run -0 held 50000 50009 '' 49999 "$NOSELFCTL" ports --sysctl 80
  [[ $output == '' ]]
  run -1 held 50000 50009 50004 50001 "$NOSELFCTL" ports 50003 50004 80 50001
  [[ $output == *'50004: not at risk: reserved'* && $output == *'80: not at risk: outside'* ]]
  [[ $output =~ 50001\ +127.0.0.1\ +LISTEN && $output =~ 50003\ +-\ +- ]]
  [[ $output == *'--sysctl 50003 '* ]]
  run -1 held 50000 50009 50004 50001 "$NOSELFCTL" ports --sysctl 50003
  [[ $output == net.ipv4.ip_local_reserved_ports=50001,50003-50004 ]]
}

@test "ports reports a self-connection with pid, program and remedy" {
  need_namespace
  selves() {
    ip address add 2001:db8::1:0:0:2/128 dev lo nodad || return
    python3 -c '
import ctypes, socket, subprocess, sys
ctypes.CDLL(None).prctl(15, b"a \"b\\\t,pid=1", 0, 0, 0)
held = []
for family, address in ((2, "127.0.0.1"), (10, "::1"), (10, "::ffff:127.0.0.1"),
                        (10, "2001:db8::1:0:0:2"), (2, "127.0.0.1")):
    s = socket.socket(family)
    if family == 10: s.setsockopt(41, 26, 0) # IPV6_V6ONLY
    port = 45000 + len(held)
    s.bind((address, port)); s.connect((address, port))
    held.append(s)
held.pop().close()
sys.exit(subprocess.call(sys.argv[1:]))' "$@"
  }
  export -f selves
  run -1 --separate-stderr trap_run 40000 40001 selves "$NOSELFCTL" ports
  [[ $(count '^4500[0-3] .* ESTAB +[0-9]+ +a "b.*noself a "b') == 4 ]]
  [[ $(count '^45003 +2001:db8::1:0:0:2 ') == 1 ]]
  [[ $(count '^45004 +127\.0\.0\.1 +TIME-WAIT +- +- +- +-$') == 1 ]]
  [[ $output == *"  ss -K 'sport = 45000 and dport = 45000'"* && $stderr == '' ]]
  run -1 trap_run 40000 40001 selves "$NOSELFCTL" ports --sysctl
  [[ $output == net.ipv4.ip_local_reserved_ports=45000-45004 ]]
  run -1 trap_run 40000 40001 selves "$NOSELFCTL" ports --json 40001 80
  run -0 python3 -c 'import json, sys
d = json.loads(sys.argv[1])
selves = d["self_connections"]
assert [c["port"] for c in selves] == [45000, 45001, 45002, 45003, 45004]
assert selves[0]["program"] == "a \"b\\?,pid=1"
assert [p["port"] for p in d["ports"]] == [40001] and d["range"] == [40000, 40001]
assert [p["port"] for p in d["not_at_risk"]] == [80]
assert d["sysctl"] == "net.ipv4.ip_local_reserved_ports=40001,45000-45004"' "$output"
}

@test "a reserved port is not chosen by the kernel, but a program can bind it and reach itself" {
  need_namespace
  reserve() { echo 50000 >/proc/sys/net/ipv4/ip_local_reserved_ports && "$@"; }
  export -f reserve
  run -0 trap_run 50000 50001 reserve "$PROBES/dial" -q -c 100 127.0.0.1 50000
  run -1 trap_run 50000 50001 reserve "$PROBES/dial" -q -c 100 127.0.0.1 50001
  run -1 trap_run 50000 50001 reserve "$PROBES/dial" -q -b 127.0.0.1 -p 50000 127.0.0.1 50000
}

@test "the nft rules refuse self-connections of every program, and nothing else" {
  need_namespace
  need nft
  run -1 trap_run 50000 50000 "$NOSELFCTL" ports 50000 --nft
  echo "$output" >rules
  run -1 trap_run 50000 50000 "$OPEN/dial" -q 127.0.0.1 50000
  [[ $output == '1 dials, 0 refused, 1 reached themselves' ]]
  ruled() {
    nft -f rules && nft -f rules && [[ $(nft list ruleset | grep -c jump) == 1 ]] && "$@"
  }
  # The packets from that port to that port of another address, and all others, get through.
  others() {
    listening 50000
    "$PROBES/dial" -f -b 127.0.0.2 -p 50000 127.0.0.1 50000
    "$PROBES/dial" -f -b 127.0.0.1 -p 40000 127.0.0.1 50000
    "$PROBES/dial" -b ::1 -p 50000 ::1 50000
    "$PROBES/dial" -b ::1 -p 40002 ::1 40002
    "$PROBES/dial" -b 127.0.0.1 -p 40002 127.0.0.1 40002
  }
  export -f ruled others
  run -0 trap_run 50000 50000 ruled "$OPEN/dial" -q -c 3 127.0.0.1 50000
  [[ $output == '3 dials, 3 refused, 0 reached themselves' ]]
  run -0 trap_run 40000 40000 ruled "$OPEN/dial" -q -b 127.0.0.1 -p 50000 127.0.0.1 50000
  run -1 trap_run 50000 50000 ruled others
  run -0 sed 's/.*result=\([A-Z]*\) .*self=\([a-z]*\).*/\1 \2/' <<<"$output"
  [[ ${lines[*]} == 'OK no OK no ECONNREFUSED no OK yes OK yes' ]]
}

# --- units below a directory ---

# unit NAME [LINE...]: creates a system below $R with a unit of these lines.
unit() {
  R=$BATS_TEST_TMPDIR/root
  E=$R/etc/systemd/system
  mkdir -p "$R/usr/lib/systemd/system" "$E" "$R/usr/local/lib" "$R/bin"
  cp "$LIBRARY" "$R/usr/local/lib/libnoself.so"
  cp "$PROBES/dial" "$R/bin/tool"
  printf '%s\n' '[Service]' "${@:2}" >"$R/usr/lib/systemd/system/$1"
}

# below STATUS SUBCOMMAND ARG...: runs noselfctl for the system below $R.
below() {
  ctl "$1" "$2" --root "$R" "${@:3}"
}

# objects WORDS LINE...: enable refuses a unit of these lines with that message, and writes nothing.
objects() {
  unit a.service "${@:2}"
  refused 1 "$1" "$NOSELFCTL" enable --root "$R" a
  [[ ! -e $E/a.service.d/noself.conf ]]
}

@test "enable writes a drop-in with the options and the unit's LD_PRELOAD, and disable removes it" {
  unit a.service 'ExecStart=/bin/tool' 'Environment="LD_PRELOAD=/x.so:/old/libnoself.so"'
  local file=$E/a.service.d/noself.conf text
  below 0 enable -m fail --retries=4 -l '/var/log/100% "a" \b $c' -eENETDOWN a
  [[ ${#stderr_lines[@]} == 1 && $stderr == *'a.service: systemd does not run here'* ]]
  [[ $output == "a.service: wrote $file"* ]]
  text=$(<"$file")
  [[ $text == '# Written by noselfctl enable; taken away by noselfctl disable.
[Service]
Environment="LD_PRELOAD=/x.so:/usr/local/lib/libnoself.so"
Environment="NOSELF_ERRNO=ENETDOWN"
Environment="NOSELF_LOG=/var/log/100%% \"a\" \\b $c"
Environment="NOSELF_MODE=fail"
Environment="NOSELF_RETRIES=4"' ]]
  [[ $(stat -c %a "$file") == 644 && $(ls -A "${file%/*}") == noself.conf ]]
  below 0 enable a.service
  [[ $output == "a.service: enabled already"* ]]
  # An option changes its own setting only.
  below 0 enable -m observe a
  [[ $(<"$file") == "${text/=fail/=observe}" ]]
  below 0 disable a
  [[ $output == "a.service: removed $file" && ! -e $E/a.service.d ]]
  below 0 disable a
  [[ $output == 'a.service: not enabled, nothing to remove' ]]
}

@test "--runtime writes below /run, and disable removes both" {
  unit a.service
  local lasting=$E/a.service.d/noself.conf briefly=$R/run/systemd/system/a.service.d/noself.conf
  below 0 enable --runtime -m fail a
  [[ -f $briefly && ! -e $lasting ]]
  below 0 enable a
  grep -q NOSELF_MODE=fail "$lasting"
  below 1 enable --runtime a
  [[ $stderr == *'enabled already, by '*', which counts more' ]]
  below 0 disable --runtime a
  [[ -f $lasting && ! -e $briefly ]]
  install -D "$lasting" "$briefly"
  below 0 disable a
  [[ ! -e ${lasting%/*} && ! -e ${briefly%/*} ]]
}

@test "a file that noselfctl did not write is neither overwritten nor removed" {
  unit a.service
  mkdir "$E/a.service.d"
  touch "$E/a.service.d/other.conf"
  below 0 enable a
  below 0 disable a
  [[ $(ls "$E/a.service.d") == other.conf ]]
  echo mine >"$E/a.service.d/noself.conf"
  local call
  for call in enable disable; do
    refused 1 'left alone' "$NOSELFCTL" "$call" --root "$R" a
  done
  [[ $(<"$E/a.service.d/noself.conf") == mine ]]
}

@test "a missing or masked unit is refused with 1, and nothing is written for the others" {
  unit a.service
  ln -s /dev/null "$E/masked.service"
  local name
  for name in nosuch masked no@instance no@; do
    below 1 enable a "$name"
    [[ ${stderr_lines[-1]} == *"no such unit below $R, or masked"* && ! -e $E/a.service.d ]]
  done
}

@test "templates, instances and other units with programs find their directory and section" {
  local name units=(t@.service t@x.y.service alias.service 'a\x2db.service' s.socket)
  for name in t@.service real.service 'a\x2db.service' s.socket; do
    unit "$name"
  done
  ln -s /usr/lib/systemd/system/real.service "$E/alias.service"
  below 0 enable "${units[@]%.service}"
  run -0 find "$E" -name noself.conf -printf '%P\n'
  [[ $(sort <<<"$output") == "$(printf '%s.d/noself.conf\n' "${units[@]}" | sort)" ]]
  grep -qx '\[Socket\]' "$E/s.socket.d/noself.conf"
  below 0 disable "${units[@]}"
  [[ -z $(find "$E" -type f) ]]
}

@test "with --root, a unit that enable cannot cover is refused, but not with --force" {
  local unread='in a way that only systemd can read; enable it where systemd runs'
  objects "$unread" 'Environment=A=1 LD_PRELOAD=/x.so'
  objects "$unread" 'Environment="LD_PRELOAD=\x2fx.so"'
  objects "$unread" 'Environment=LD_PRELOAD=/%i.so'
  objects "$unread" 'Environment=LD_PRELOAD=/x.so' 'Environment=LD_PRELOAD=/y.so'
  install -D <(echo LD_PRELOAD=/x.so) "$R/etc/default/a"
  objects 'etc/default/a:LD_PRELOAD=/x.so; write there: LD_PRELOAD=/usr/' \
    EnvironmentFile=-/etc/default/a
  [[ ! -e $E/a.service.d ]]
  objects 'UnsetEnvironment= removes LD_PRELOAD' 'UnsetEnvironment=A LD_PRELOAD'
  objects '/usr/bin/env clears the environment; write' 'ExecStart=/usr/bin/env -i /bin/tool'
  cp "$OPEN/static" "$R/bin"
  objects 'write ExecStart=/usr/bin/noself -s /bin/static  -x "y"' 'ExecStart=-/bin/static  -x "y"'
  below 0 enable --force a
  [[ $stderr == *'warning: a.service: '* && -e $E/a.service.d/noself.conf ]]
  unit b.service 'ExecStart=/usr/bin/noself -s /bin/static'
  below 0 enable b
}

@test "if the library is missing or writing is not allowed, enable says so and leaves no file" {
  unit a.service
  rm "$R/usr/local/lib/libnoself.so"
  refused 1 "libnoself.so: not installed below $R; install it there" \
    "$NOSELFCTL" enable --root "$R" a
  need_root
  unit a.service
  run -1 --separate-stderr unshare -m bash -c '
    mount --bind -o ro "$1" "$1" && mount -o remount,bind,ro "$1" &&
    "$NOSELFCTL" enable --root "$0" a' "$R" "$E"
  [[ ${stderr_lines[-1]} == *'cannot be written; a.service is as it was' && -z $(ls -A "$E") ]]
}

@test "an ordinary user is told that the system's units need root" {
  need_root
  refused 1 "enable: only root may change the system's units; use sudo, or --user for your own" \
    as_nobody "$NOSELFCTL" enable a
  refused 1 'disable: only root may change' as_nobody "$NOSELFCTL" disable a
}

@test "busybox sh runs noselfctl like dash" {
  need busybox dash
  unit a.service 'ExecStart=/bin/tool' 'Environment="LD_PRELOAD=/x.so"'
  session() {
    local call
    for call in help 'check /bin/sh' "enable --root $R -m fail a" "enable --root $R a" \
      "disable --root $R a" 'ports 1 50000' 'ports --json 50000' 'enable -m nix a'; do
      "$@" "$NOSELFCTL" $call || echo "status $?"
    done
  }
  export -f session
  export R
  run -0 trap_run 50000 50001 session dash
  [[ $output == *'a.service: enabled already'*'50000   -'*'status 2' ]]
  diff <(echo "$output") <(trap_run 50000 50001 session busybox sh 2>&1)
}
