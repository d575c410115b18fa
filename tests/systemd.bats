#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# noselfctl with a real systemd: units that connect to themselves, with the drop-in and without it.
# shellcheck disable=SC1003,SC2016,SC2034,SC2153,SC2154 # other shells expand what is quoted here;
# commands.bash uses INSIDE; bats sets variables

load lib/helpers
load lib/commands
load lib/systemd

setup_file() {
  can_boot_systemd || return 0
  make_tree
  cp "$PROBES/dial" "$OPEN"
  cc -static -o "$OPEN/static" "$ROOT/tests/probes/dial.c"
  boot_systemd
}

teardown_file() {
  end_systemd
  rm -rf "${OPEN-}"
}

setup() {
  need_systemd
  INSIDE=inside
}

has_said() {
  said "$1" | grep -qF "$2"
}

# writes UNIT TEXT: waits until the unit has written TEXT to the journal.
writes() {
  wait_for 10 has_said "$@"
}

REACHED='1 dials, 0 refused, 1 reached themselves'
REFUSED='1 dials, 1 refused, 0 reached themselves'

# legacy UNIT: makes a client that dials once at its start, prints the result, and keeps running.
legacy() {
  unit "$1" Type=exec "ExecStart=/bin/sh -c '$OPEN/dial -q 127.0.0.1 50000; exec tail -f /dev/null'"
}

# objects WORDS LINE...: enable refuses a unit of these lines with that message, and writes nothing.
objects() {
  unit refused.service Type=oneshot "${@:2}"
  refused 1 "refused.service: *$1" inside "$NOSELFCTL" enable -m fail refused
  inside test ! -e /etc/systemd/system/refused.service.d/noself.conf
}

@test "a unit that connects to itself is refused with the drop-in, and not after disable" {
  legacy legacy.service
  inside systemctl start legacy
  writes legacy "$REACHED"
  ctl 1 status legacy
  [[ ${lines[1]} =~ legacy.service\ +(sh|tail)\ +no && $stderr == '' ]]

  ctl 0 enable --log=stderr legacy
  [[ $stderr == '' && $output == "legacy.service: wrote /etc/systemd/system/legacy.service.d/noself.conf
this takes effect when restarted: systemctl restart legacy.service" ]]
  ctl 1 status legacy
  [[ $stderr == *': legacy.service: enabled, but started before that; systemctl restart legacy.service' ]]

  inside systemctl restart legacy
  writes legacy "$REFUSED"
  ctl 0 status legacy
  [[ $stderr == '' ]]
  [[ ${lines[1]} == *legacy.service*loaded*"$TREE/build/libnoself.so"*NOSELF_LOG=stderr* ]]

  inside systemctl stop legacy
  ctl 0 status
  [[ $stderr == '' && $output =~ -\ +legacy.service\ +-\ +'not running' ]]
  ctl 1 status legacy
  inside systemctl start legacy
  ctl 0 disable legacy
  [[ ${lines[1]} == *'systemctl restart legacy.service' ]]
  run ! inside ls /etc/systemd/system/legacy.service.d
  inside systemctl restart legacy
  writes legacy "$REACHED"
  inside systemctl stop legacy
}

@test "a unit that the library cannot cover, or systemd does not load, is refused with the remedy" {
  local call="$OPEN/static -q 127.0.0.1 50000"
  objects "$OPEN/static cannot load the library; write ExecStart=$NOSELF -s $call; or use --force" \
    RemainAfterExit=yes 'ExecStart=-@/bin/true yes -i' "ExecStart=-!!$call"
  ctl 0 enable --force refused
  [[ $stderr == *'warning: '* && $output == *wrote* ]]
  inside systemctl start refused
  writes refused "$REACHED"
  ctl 0 disable refused
  unit static.service "ExecStart=$NOSELF -s $call" RemainAfterExit=yes
  inside systemctl start static
  writes static "$REFUSED"

  objects "/usr/bin/env clears the environment; write ExecStart=/usr/bin/env ... $NOSELF COMMAND" \
    'ExecStart=/usr/bin/env -i /bin/true'
  objects '/no/such: no such command' ExecStart=/no/such
  objects 'UnsetEnvironment= removes LD_PRELOAD' ExecStart=/bin/true 'UnsetEnvironment=FOO LD_PRELOAD'
  objects 'it runs below /run; install ' ExecStart=/bin/true RootDirectory=/run
  objects 'no such unit, or masked; see systemctl status refused.service' Junk
  inside ln -sf /dev/null /etc/systemd/system/hidden.service
  inside systemctl daemon-reload
  refused 1 'hidden.service: no such unit, or masked; see' inside "$NOSELFCTL" enable hidden
}

@test "ports names the unit of a self-connection, and how to cover it" {
  local name='held\x2dfast'
  echo 'import socket, time
s = socket.socket(); s.connect(("127.0.0.1", 50000)); print("held", flush=True); time.sleep(1000)' \
    >"$OPEN/held.py"
  unit "$name.service" "ExecStart=/usr/bin/env python3 $OPEN/held.py"
  inside systemctl start "$name"
  writes "$name" held
  ctl 1 ports
  [[ $output =~ 50000\ +127.0.0.1\ +ESTAB\ +[0-9]+\ +python3[.0-9]*\ +"$name.service"\ +"noselfctl enable $name.service" ]]
  inside ss -K 'sport = 50000 and dport = 50000' || lacking 'this kernel closes no sockets for ss'
  ctl 0 ports
  inside systemctl stop "$name"
}

@test "the library's lines arrive in the journal once, as warnings, and the program's unchanged" {
  unit logged.service RemainAfterExit=yes "ExecStart=$OPEN/dial -q -c 2 127.0.0.1 50000"
  ctl 0 enable -l stderr logged
  inside systemctl start logged
  writes logged '2 dials, 2 refused'
  run -0 inside journalctl -q -o cat -p warning -u logged
  [[ ${#lines[@]} == 2 && $(count '^noself\[[0-9]+\]: comm=dial .* result=ECONNREFUSED$') == 2 ]]
  run -0 inside journalctl -q -o cat -p notice..debug _SYSTEMD_UNIT=logged.service
  [[ $output == '2 dials, 2 refused, 0 reached themselves' ]]
  inside systemctl stop logged
  ctl 0 disable logged
}

# environment: prints that of the unit odd, sorted, without variables that differ at each start.
environment() {
  inside systemctl start odd
  inside sort -z /run/environment | tr '\0' '\n' |
    grep -vE '^(INVOCATION_ID|SYSTEMD_EXEC_PID|JOURNAL_STREAM|MEMORY_PRESSURE_[A-Z]*)='
}

@test "all other environment settings of a unit keep working, as systemd reads them" {
  local baseline preload library
  for library in a b c-odd; do
    cc -shared -o "$OPEN/$library.so" -x c /dev/null
  done
  # same [LINE...]: with the drop-in the unit has the same environment, except LD_PRELOAD.
  same() {
    unit odd.service Type=oneshot \
      'ExecStart=/bin/sh -c "cat /proc/$$$$/environ >/run/environment"' "$@"
    baseline=$(environment)
    ctl 0 enable -m fail odd
    [[ $stderr == '' ]]
    preload=$(sed -n 's/^LD_PRELOAD=//p' <<<"$baseline" | tr -s ' :' '::' | sed 's/:*$/:/')
    baseline=$(grep -v '^LD_PRELOAD=' <<<"$baseline")
    diff <(environment) <(printf '%s\n' "$baseline" NOSELF_MODE=fail \
      "LD_PRELOAD=${preload#:}$TREE/build/libnoself.so" | sort)
    ctl 0 disable odd
  }
  same "Environment=A=1 \"LD_PRELOAD=$OPEN/a.so $OPEN/b.so\" 'B=it is'"
  same "Environment=LD_PRELOAD=$OPEN/a.so" 'Environment=' 'Environment=X=1'
  same "Environment=\"LD_PRELOAD=$OPEN/c\\x2dodd.so\" 'X=\\tq\\'uote'"
  same 'Environment=A=1 \' '# a comment' "  LD_PRELOAD=$OPEN/a.so \\" 'B=2'
  same "Environment=LD_PRELOAD=$OPEN/%p.so:$OPEN/a.so" 'Environment=P=100%%'

  unit odd.service.d/aa.conf "Environment=LD_PRELOAD=$OPEN/a.so" 'Environment=Z=1'
  unit service.d/mm.conf "Environment=LD_PRELOAD=$OPEN/b.so"
  same Environment=X=1
  inside rm -r /etc/systemd/system/{odd.,}service.d
  inside systemctl set-environment "LD_PRELOAD=$OPEN/b.so $OPEN/a.so"
  same
  inside systemctl unset-environment LD_PRELOAD
}

@test "if EnvironmentFile= or a later drop-in overrides it, enable prints the line to add there" {
  local line other=('ExecStart=/bin/true' 'EnvironmentFile=-/no/such' 'EnvironmentFile=/run/other*')
  overrides() {
    echo "$1" | inside tee /run/other >/dev/null
  }
  for line in LD_PRELOAD=/b.so 'LD_PRELOAD="/b.so"' ' NOSELF_MODE=observe'; do
    overrides "$line"
    objects "/run/other:$line; write there: LD_PRELOAD=$TREE/build/libnoself.so NOSELF_MODE=fail; " \
      "${other[@]}"
  done
  overrides "LD_PRELOAD=/b.so:$TREE/build/libnoself.so"
  ctl 0 enable refused
  [[ $stderr == '' ]]
  ctl 0 disable refused
  unit refused.service.d/zz.conf 'Environment=LD_PRELOAD=/b.so'
  objects "a later drop-in sets Environment=, which counts more; write LD_PRELOAD=/b.so:$TREE" \
    ExecStart=/bin/true
  inside rm -r /etc/systemd/system/refused.service.d
}

@test "a template is enabled for all its instances or for one" {
  legacy 'many@.service'
  ctl 0 enable many@
  [[ ${lines[1]} == *"systemctl restart 'many@*.service'" ]]
  inside systemctl start many@a many@b
  ctl 0 status many@
  [[ $(count 'many@[ab].service .* loaded') == 2 ]]
  inside systemctl stop many@a many@b
  ctl 0 disable many@
  ctl 0 enable many@a
  inside systemctl start many@a many@b
  ctl 1 status many@
  [[ $output == *many@a.service*loaded* && $output =~ many@b\.service\ +(sh|tail)\ +no ]]
  inside systemctl stop many@a many@b
  ctl 0 disable many@a
}

@test "enable refuses a program with file capabilities, but not for root or with NoNewPrivileges=" {
  need setcap
  local tail=$OPEN/capable-tail user
  cp "$(command -v tail)" "$tail"
  setcap cap_net_bind_service=ep "$tail" || lacking "no file capabilities here"
  for user in root $'nobody\nNoNewPrivileges=yes'; do
    unit refused.service "User=$user" "ExecStart=$tail -f /dev/null"
    ctl 0 enable refused
    [[ $stderr == '' ]]
    ctl 0 disable refused
  done
  objects "$tail: given file capabilities" User=nobody "ExecStart=$tail -f /dev/null"
}

@test "an ordinary user covers units of their own" {
  local home=/run/somebody run=/run/user/65534
  # The user's manager, which a login would start, here without a bus and other units.
  unit user@65534.service User=nobody Type=notify Delegate=yes KillMode=mixed TimeoutStopSec=5 \
    "Environment=HOME=$home XDG_RUNTIME_DIR=$run" \
    'ExecStart=/lib/systemd/systemd --user --unit=mine.target --log-target=journal'
  legacy mine.service
  inside sh -c 'mkdir -p $0/.config/systemd/user $1
    echo StandardOutput=file:$0/said >>/etc/systemd/system/mine.service
    mv /etc/systemd/system/mine.service $0/.config/systemd/user
    printf "[Unit]\nDefaultDependencies=no\n" >$0/.config/systemd/user/mine.target
    chown -R 65534:65534 $0 $1; chmod 700 $1' "$home" "$run"
  inside systemctl start user@65534
  as_user() {
    inside setpriv --reuid=65534 --regid=65534 --clear-groups \
      env HOME="$home" XDG_RUNTIME_DIR="$run" DBUS_SESSION_BUS_ADDRESS= "$@"
  }
  # restarted TEXT: mine writes TEXT after a restart.
  restarted() {
    as_user systemctl --user restart mine
    wait_for 10 inside grep -qF "$1" "$home/said"
  }
  INSIDE=as_user
  restarted "$REACHED"
  ctl 0 enable --user -l stderr mine
  [[ $stderr == '' && ${lines[0]} == *"wrote $home/.config/systemd/user/mine.service.d/noself.conf" ]]
  [[ ${lines[1]} == *'systemctl --user restart mine.service' ]]
  restarted "$REFUSED"
  ctl 0 status --user mine
  [[ ${lines[1]} == *mine.service*loaded*NOSELF_LOG=stderr ]]
  ctl 0 disable --user mine
  restarted "$REACHED"
  inside systemctl stop user@65534
}
