#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# noselfctl with a real systemd: units that connect to themselves, with the drop-in and without it.
# shellcheck disable=SC1003,SC2016,SC2153,SC2154 # other shells expand what is quoted here; bats sets variables

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
  [[ -z ${TREE-} ]] || remove_tree
  end_systemd
}

setup() {
  need_systemd
}

# ctl ARG...: runs noselfctl in the namespaces of that systemd.
ctl() {
  run --separate-stderr inside "$NOSELFCTL" "$@"
}

# has_said UNIT TEXT: whether the unit has written TEXT to the journal.
has_said() {
  said "$1" | grep -qF "$2"
}

# A client that dials once at its start, prints the result, and keeps running.
LEGACY=('ExecStart=/bin/sh -c "DIAL -q 127.0.0.1 50000; exec tail -f /dev/null"')

legacy() {
  unit "$1" "${LEGACY[@]/DIAL/$OPEN/dial}" "${@:2}"
}

@test "a unit that connects to itself is refused with the drop-in, and not after disable" {
  legacy legacy.service
  inside systemctl start legacy
  wait_for 10 has_said legacy '1 dials, 0 refused, 1 reached themselves'
  ctl status legacy
  [[ $status == 1 && ${lines[1]} =~ legacy.service\ +tail\ +no && $stderr == '' ]]

  ctl enable --log=stderr legacy
  [[ $status == 0 && $stderr == '' ]]
  [[ ${lines[0]} == 'legacy.service: wrote /etc/systemd/system/legacy.service.d/noself.conf' ]]
  [[ ${lines[1]} == 'this takes effect when restarted: systemctl restart legacy.service' ]]
  ctl status legacy
  [[ $status == 1 && $stderr == 'noselfctl: legacy.service: enabled, but started before that; systemctl restart legacy.service' ]]

  inside systemctl restart legacy
  wait_for 10 has_said legacy '1 dials, 1 refused, 0 reached themselves'
  ctl status legacy
  [[ $status == 0 && $stderr == '' ]]
  [[ ${lines[1]} == *legacy.service*loaded*"$TREE/build/libnoself.so"*NOSELF_LOG=stderr* ]]

  ctl enable -m fail legacy
  [[ ${lines[0]} == *wrote* ]]
  run -0 inside systemctl show -p Environment --value legacy
  [[ $output == *NOSELF_MODE=fail* && $output == *NOSELF_LOG=stderr* ]]
  ctl enable legacy
  [[ $output == 'legacy.service: enabled already, by '* && ${#lines[@]} == 1 ]]

  ctl disable legacy
  [[ $status == 0 && ${lines[1]} == *'systemctl restart legacy.service' ]]
  run ! inside ls /etc/systemd/system/legacy.service.d
  inside systemctl restart legacy
  wait_for 10 has_said legacy '1 dials, 0 refused, 1 reached themselves'
  inside systemctl stop legacy
}

@test "a unit that the library cannot cover is refused with a line that covers it" {
  unit static.service "ExecStart=$OPEN/static -q 127.0.0.1 50000"
  ctl enable static
  one_line noselfctl
  [[ $status == 1 && $output == '' && $stderr == *"write ExecStart=$NOSELF -s $OPEN/static -q 127.0.0.1 50000; or use --force" ]]
  run ! inside ls /etc/systemd/system/static.service.d
  ctl enable --force static
  [[ $status == 0 && $stderr == *'warning: '* && $output == *wrote* ]]
  inside systemctl start static || true
  wait_for 10 has_said static '1 dials, 0 refused, 1 reached themselves'
  ctl disable static
  unit static.service "ExecStart=$NOSELF -s $OPEN/static -q 127.0.0.1 50000" RemainAfterExit=yes
  inside systemctl start static
  wait_for 10 has_said static '1 dials, 1 refused, 0 reached themselves'

  # refused_unit WORDS LINE...: enable refuses a unit of these lines with this message
  refused_unit() {
    unit refused.service Type=oneshot "${@:2}"
    ctl enable refused
    one_line noselfctl
    [[ $status == 1 && $stderr == *"$1"* ]]
  }
  refused_unit "/usr/bin/env clears the environment; write ExecStart=/usr/bin/env ... $NOSELF COMMAND" \
    'ExecStart=/usr/bin/env -i /bin/true'
  refused_unit '/no/such: no such command' 'ExecStart=/no/such'
  refused_unit 'UnsetEnvironment= removes LD_PRELOAD' 'ExecStart=/bin/true' 'UnsetEnvironment=FOO LD_PRELOAD'
  refused_unit 'it runs below /run; install ' 'ExecStart=/bin/true' RootDirectory=/run
  refused_unit "-s $OPEN/static -q 127.0.0.1 50000; " 'ExecStart=-@/bin/true yes -i' "ExecStart=!!$OPEN/static -q 127.0.0.1 50000"
}

@test "status also lists the enabled units, and those that the supervisor covers" {
  legacy idle.service
  unit "supervised.service" "ExecStart=$NOSELF -m fail $OPEN/hold 0" 'StandardInput=file:/dev/zero'
  printf '#include <unistd.h>\nint main(void) { return pause(); }' | cc -static -o "$OPEN/hold" -x c -
  ctl enable idle
  inside systemctl start supervised
  pid=$(inside systemctl show -p MainPID --value supervised)
  wait_for 10 inside grep -q ^hold "/proc/$pid/comm"
  ctl status
  [[ $status == 0 && $stderr == '' ]]
  [[ $output =~ -\ +idle.service\ +-\ +'not running' ]]
  [[ $output =~ supervised.service\ +hold\ +supervised\ +-\ +NOSELF_MODE=fail ]]
  ctl status supervised
  [[ $status == 0 ]]
  ctl status idle
  [[ $status == 1 && $output == *idle.service*'not running'* ]]
  inside systemctl stop supervised
  ctl disable idle
}

@test "ports names the unit of a self-connection, and how to cover it" {
  echo 'import socket, time
s = socket.socket(); s.connect(("127.0.0.1", 50000)); print("held", flush=True); time.sleep(1000)' >"$OPEN/held.py"
  unit 'held\x2dfast.service' "ExecStart=/usr/bin/env python3 $OPEN/held.py"
  inside systemctl start 'held\x2dfast'
  wait_for 10 has_said 'held\x2dfast' held
  ctl ports
  [[ $status == 1 && $output =~ 50000\ +127.0.0.1\ +ESTAB\ +[0-9]+\ +python3[.0-9]*\ +'held\x2dfast.service'\ +'noselfctl enable held\x2dfast.service' ]]
  ctl ports --json
  [[ $(python3 -c 'import json, sys; print(json.load(sys.stdin)["self_connections"][0]["unit"])' <<<"$output") == 'held\x2dfast.service' ]]
  inside ss -K 'sport = 50000 and dport = 50000' || lacking 'this kernel closes no sockets for ss'
  ctl ports
  [[ $status == 0 ]]
  inside systemctl stop 'held\x2dfast'
}

@test "the library's line arrives in the journal once, as a warning, and the program's unchanged" {
  legacy logged.service
  ctl enable -l stderr logged
  inside systemctl start logged
  wait_for 10 has_said logged '1 dials, 1 refused'
  run -0 inside journalctl -q --no-pager -o json _SYSTEMD_UNIT=logged.service
  [[ $(python3 -c '
import json, sys
for line in sys.stdin:
    entry = json.loads(line)
    print(entry["PRIORITY"], entry["MESSAGE"].split("[")[0])' <<<"$output") == '4 noself
6 1 dials, 1 refused, 0 reached themselves' ]]
  [[ $output == *'comm=dial fd=3 self=127.0.0.1:50000 action='*'result=ECONNREFUSED"'* ]]
  inside systemctl stop logged
  ctl disable logged
}

# environment_of UNIT: prints its environment, sorted, without variables that differ at each start.
environment_of() {
  inside systemctl start "$1"
  inside sort -z /run/environment | tr '\0' '\n' |
    grep -vE '^(INVOCATION_ID|SYSTEMD_EXEC_PID|JOURNAL_STREAM|MEMORY_PRESSURE_[A-Z]*)='
}

@test "all other environment settings of a unit keep working, as systemd reads them" {
  cc -shared -o "$OPEN/a.so" -x c /dev/null
  cp "$OPEN/a.so" "$OPEN/b.so"
  cp "$OPEN/a.so" "$OPEN/c-odd.so"
  local baseline expected number=0
  # same LINE...: a unit of these lines has the same environment with the drop-in, except LD_PRELOAD
  same() {
    number=$((number + 1))
    [[ $1 == keep ]] || {
      inside rm -rf "/etc/systemd/system/odd.service.d"
      unit odd.service 'Type=oneshot' \
        'ExecStart=/bin/sh -c "cat /proc/$$$$/environ >/run/environment"' "$@"
    }
    baseline=$(environment_of odd)
    ctl enable -m fail odd
    [[ $status == 0 && $stderr == '' ]]
    run -0 environment_of odd
    local preload
    preload=$(sed -n 's/^LD_PRELOAD=//p' <<<"$baseline" | tr -s ' :' '::' | sed 's/:$//')
    expected=$(
      grep -v '^LD_PRELOAD=' <<<"$baseline"
      echo "LD_PRELOAD=$preload${preload:+:}$TREE/build/libnoself.so"
      echo NOSELF_MODE=fail
    )
    [[ $(sort <<<"$output") == "$(sort <<<"$expected")" ]] || {
      echo "number $number: expected $expected"
      echo "got $output"
      return 1
    }
    ctl disable odd
    [[ $status == 0 ]]
    run environment_of odd
    [[ $output == "$baseline" ]]
  }
  same "Environment=A=1 \"LD_PRELOAD=$OPEN/a.so $OPEN/b.so\" 'B=it is'"
  same "Environment=LD_PRELOAD=$OPEN/a.so" 'Environment=' 'Environment=X=1'
  same "Environment=\"LD_PRELOAD=$OPEN/c\\x2dodd.so\" 'X=\\tq\\'uote'"
  same 'Environment=A=1 \' '# a comment' "  LD_PRELOAD=$OPEN/a.so \\" 'B=2'
  same "Environment=LD_PRELOAD=$OPEN/%p.so:$OPEN/a.so" 'Environment=P=100%%'

  unit odd.service.d/aa.conf "Environment=LD_PRELOAD=$OPEN/a.so" 'Environment=Z=1'
  same keep
  unit service.d/mm.conf "Environment=LD_PRELOAD=$OPEN/b.so"
  same keep
  inside rm -r /etc/systemd/system/service.d
  unit odd.service.d/aa.conf
  inside systemctl set-environment "LD_PRELOAD=$OPEN/b.so $OPEN/a.so"
  same keep
  inside systemctl unset-environment LD_PRELOAD
}

@test "if EnvironmentFile= or a later drop-in overrides it, enable prints the line to add there" {
  unit other.service 'ExecStart=/bin/true' 'EnvironmentFile=-/no/such' 'EnvironmentFile=/run/other*'
  local line
  for line in LD_PRELOAD=/b.so 'LD_PRELOAD="/b.so"' ' NOSELF_MODE=observe'; do
    echo "$line" | inside tee /run/other >/dev/null
    ctl enable -m fail other
    one_line noselfctl
    [[ $status == 1 && $stderr == *"/run/other:${line//\"/\"}; write there: LD_PRELOAD=$TREE/build/libnoself.so NOSELF_MODE=fail; "* ]]
    run ! inside ls /etc/systemd/system/other.service.d
  done
  ctl enable --force -m fail other
  [[ $status == 0 && $stderr == *'warning: '* ]]
  ctl disable other
  echo "LD_PRELOAD=/b.so:$TREE/build/libnoself.so" | inside tee /run/other >/dev/null
  ctl enable other
  [[ $status == 0 && $stderr == '' ]]
  ctl disable other
  unit other.service.d/zz.conf 'Environment=LD_PRELOAD=/b.so'
  ctl enable other
  one_line noselfctl
  [[ $status == 1 && $stderr == *"a later drop-in sets Environment=, which counts more; write LD_PRELOAD=/b.so:$TREE"* ]]
  [[ $(inside ls /etc/systemd/system/other.service.d) == zz.conf ]]
}

@test "a template is enabled for all its instances or for one" {
  legacy 'many@.service'
  ctl enable many@
  [[ $status == 0 && ${lines[1]} == *"systemctl restart 'many@*.service'" ]]
  inside systemctl start many@a many@b
  wait_for 10 has_said many@a '1 dials, 1 refused'
  wait_for 10 has_said many@b '1 dials, 1 refused'
  ctl status many@
  [[ $status == 0 && $(grep -c 'many@[ab].service .* loaded' <<<"$output") == 2 ]]
  inside systemctl stop many@a many@b
  ctl disable many@
  ctl enable many@a
  inside systemctl start many@a many@b
  ctl status many@a
  [[ $status == 0 ]]
  ctl status many@
  [[ $status == 1 && $output == *many@a.service*loaded* && $output =~ many@b\.service\ +tail\ +no ]]
  inside systemctl stop many@a many@b
  ctl disable many@a
}

@test "enable refuses a program with file capabilities, but not for root or with NoNewPrivileges=" {
  need setcap
  cp "$(command -v tail)" "$OPEN/capable-tail"
  setcap cap_net_bind_service=ep "$OPEN/capable-tail" || lacking "no file capabilities here"
  unit capable.service 'User=nobody' "ExecStart=$OPEN/capable-tail -f /dev/null"
  ctl enable capable
  [[ $status == 1 && $stderr == *'capable.service: '*"$OPEN/capable-tail: "*capabilities* ]]
  ctl enable --force capable
  inside systemctl start capable
  ctl status capable
  [[ $status == 1 && ${lines[1]} =~ capable-tail\ +'not loaded' ]]
  inside systemctl stop capable
  ctl disable capable
  unit capable.service "ExecStart=$OPEN/capable-tail -f /dev/null"
  ctl enable capable
  [[ $status == 0 ]]
  unit capable.service 'User=nobody' 'NoNewPrivileges=yes' "ExecStart=$OPEN/capable-tail -f /dev/null"
  ctl enable capable
  [[ $status == 0 && $stderr == '' ]]
  ctl disable capable
}

@test "a unit that systemd does not load is refused" {
  inside ln -sf /dev/null /etc/systemd/system/hidden.service
  inside systemctl daemon-reload
  local name
  for name in no-such-unit hidden; do
    ctl enable "$name"
    one_line noselfctl
    [[ $status == 1 && $stderr == *"$name.service: no such unit, or masked; see systemctl status $name.service" ]]
  done
  ctl status no-such-unit
  [[ $status == 1 && $output == *'not running'* ]]
}

@test "an ordinary user covers units of their own" {
  # The user's manager, which a login would start, here without a bus and other units.
  unit user@65534.service 'User=nobody' 'Type=notify' 'Delegate=yes' 'KillMode=mixed' 'TimeoutStopSec=5' \
    'Environment=HOME=/run/somebody XDG_RUNTIME_DIR=/run/user/65534' \
    'ExecStart=/lib/systemd/systemd --user --unit=mine.target --log-target=journal'
  inside mkdir -p /run/somebody/.config/systemd/user /run/user/65534
  printf '[Unit]\nDefaultDependencies=no\n' |
    inside tee /run/somebody/.config/systemd/user/mine.target >/dev/null
  printf '%s\n' '[Unit]' 'DefaultDependencies=no' '[Service]' "${LEGACY[@]/DIAL/$OPEN/dial}" \
    'StandardOutput=file:/run/somebody/said' |
    inside tee /run/somebody/.config/systemd/user/mine.service >/dev/null
  inside chown -R 65534:65534 /run/somebody /run/user/65534
  inside chmod 700 /run/user/65534
  inside systemctl start user@65534 || {
    inside journalctl --no-pager -u user@65534
    return 1
  }
  as_user() {
    inside setpriv --reuid=65534 --regid=65534 --clear-groups \
      env HOME=/run/somebody XDG_RUNTIME_DIR=/run/user/65534 DBUS_SESSION_BUS_ADDRESS= "$@"
  }
  has_user_said() {
    inside grep -qF "$1" /run/somebody/said
  }
  as_user systemctl --user restart mine
  wait_for 10 has_user_said '0 refused, 1 reached themselves'
  run -0 --separate-stderr as_user "$NOSELFCTL" enable --user -l stderr mine
  [[ $stderr == '' && ${lines[0]} == *'wrote /run/somebody/.config/systemd/user/mine.service.d/noself.conf' ]]
  [[ ${lines[1]} == *'systemctl --user restart mine.service' ]]
  as_user systemctl --user restart mine
  wait_for 10 has_user_said '1 refused, 0 reached themselves'
  run -0 --separate-stderr as_user "$NOSELFCTL" status --user mine
  [[ ${lines[1]} == *mine.service*loaded*NOSELF_LOG=stderr ]]
  run -0 --separate-stderr as_user "$NOSELFCTL" disable --user mine
  as_user systemctl --user restart mine
  wait_for 10 has_user_said '0 refused, 1 reached themselves'
  # this user may not change the system's units
  run -1 --separate-stderr as_user "$NOSELFCTL" enable --runtime legacy
  one_line noselfctl
  inside systemctl stop user@65534
}
