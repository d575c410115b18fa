#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Other projects' programs and tests: servers with their own load tools, and CPython's tests of its
# network modules. With the library each has only the errors that it has without it.

load lib/helpers

setup() {
  need_namespace
  export LIBRARY
}

# both_ways SCENARIO: runs the function, with server and clients, without the library and then with
# it, each time in a new namespace and directory. Its output is in env.output and preloaded.output.
both_ways() {
  local way scenario=$1 output status
  # shellcheck disable=SC2163 # it is the function of that name
  export -f "$scenario"
  for way in env preloaded; do
    mkdir "$BATS_TEST_TMPDIR/$way"
    cd "$BATS_TEST_TMPDIR/$way" || return
    output=$BATS_TEST_TMPDIR/$way.output status=0
    # To a file and without bats' descriptor, so that bats does not wait for a server that is left.
    trap_run "${RANGE_LOW:-32768}" "${RANGE_HIGH:-60999}" "$way" timeout 60 \
      bash -euo pipefail -c 'trap end_all EXIT; "$@"' - "$scenario" "$way" >"$output" 2>&1 3>&- ||
      status=$?
    sed "s/^/# $way: /" "$output" >&3
    [[ $status == 0 ]] || return
  done
}

# stop PID: ends a server and waits until it is gone.
stop() {
  kill "$1"
  wait "$1" || true
}

# end_all: ends all processes that are left after a scenario.
end_all() {
  local pids
  pids=$(jobs -p)
  # shellcheck disable=SC2086 # they are several
  [[ -z $pids ]] || kill $pids 2>/dev/null || true
}

# has_every_user: whether processes can change their user; in a namespace that an ordinary user
# created they cannot.
has_every_user() {
  [[ $(</proc/self/uid_map) == *4294967295 ]]
}

# covered PID WAY: succeeds if the library is in the process exactly when WAY says so.
covered() {
  [[ $2 == env ]] && ! grep -qF "$LIBRARY" "/proc/$1/maps" && return
  [[ $2 == preloaded ]] && grep -qF "$LIBRARY" "/proc/$1/maps"
}

# listens PORT: whether a process listens on it.
listens() {
  grep -q ":$(printf %04X "$1") 00000000:0000 0A " /proc/net/tcp
}

export -f stop end_all has_every_user covered listens

# nginx answers requests itself, and by dialling itself as an upstream: from any address and from one.
nginx_and_wrk() {
  local pid target
  cat >nginx.conf <<END
daemon off; user root; worker_processes 2; pid $PWD/pid; error_log $PWD/errors warn;
$(has_every_user || echo 'master_process off;')
events { worker_connections 200; }
http {
  access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  server { listen 127.0.0.1:8081; location / { return 200 "upstream"; } }
  server {
    listen 127.0.0.1:8080;
    location /direct { return 200 "direct"; }
    location /dialled { proxy_pass http://127.0.0.1:8081; }
    location /bound { proxy_bind 127.0.0.1; proxy_pass http://127.0.0.1:8081; }
  }
}
END
  nginx -p "$PWD" -c "$PWD/nginx.conf" &
  pid=$!
  wait_for 20 listens 8080
  covered "$pid" "$1"
  for target in direct dialled bound; do
    wrk -t 2 -c 20 -d 1s "http://127.0.0.1:8080/$target" >report
    awk -v target="$target" '/requests in/ { print target ": " $1 " requests"; some = $1 > 100 }
      /Socket errors|Non-2xx/ { print; bad = 1 } END { exit bad || !some }' report
  done
  stop "$pid"
  [[ ! -s errors ]] || { cat errors && false; }
}

@test "nginx under wrk has no errors, without the library and with it" {
  need nginx wrk
  both_ways nginx_and_wrk
}

# Four clients send PING all the time. The server is stopped until some hundred dials were refused,
# and is started again. Prints the answers, and whether the server started.
# shellcheck disable=SC2317 # wait_for calls the functions
redis_restart() {
  local server client clients=() before
  serve() {
    redis-server --port 50000 --bind 127.0.0.1 --save '' --dir "$PWD" --logfile log &
    server=$!
  }
  ask() {
    until [[ -e over ]]; do
      redis-cli -h 127.0.0.1 -p 50000 PING </dev/null || true
    done >"answers.$1" 2>&1
  }
  more_than() {
    (($(cat answers.* | grep -c "$2") > $1))
  }
  started_or_ended() {
    listens 50000 || ! [[ -d /proc/$server ]]
  }
  serve
  wait_for 20 listens 50000
  covered "$server" "$1"
  for client in 1 2 3 4; do
    ask "$client" &
    clients+=($!)
  done
  wait_for 20 more_than 10 '^PONG'
  stop "$server"
  wait_for 20 more_than 400 'Connection refused'
  before=$(cat answers.* | grep -c '^PONG')
  # Until the library has disconnected a self-connection, its port is busy: a service that is started
  # again may meet that once. Without the library starting again does not help.
  for _ in 1 2 3 4 5; do
    serve
    wait_for 20 started_or_ended
    if listens 50000; then break; fi
  done
  if listens 50000; then
    wait_for 20 more_than "$((before + 20))" '^PONG'
    echo "restarted"
    stop "$server"
  else
    grep -o 'bind: Address already in use' log
  fi
  : >over
  wait "${clients[@]}"
  cat answers.* | sed -E 's/.*(refused|Cannot assign|Server closed|reset by peer).*/\1/' |
    sort | uniq -c | sed 's/^ *//'
}

@test "clients of a stopped redis-server read their own data and take its port, but not with the library" {
  need redis-server redis-cli
  # In such a small range TIME_WAIT sometimes leaves no port, also without the library.
  local usual='[0-9]+ (PONG|refused|Cannot assign|Server closed|reset by peer|)'
  RANGE_LOW=50000 RANGE_HIGH=50063 both_ways redis_restart
  cd "$BATS_TEST_TMPDIR"
  grep -qx 'bind: Address already in use' env.output
  run -0 grep -vxE "bind: Address already in use|$usual" env.output
  [[ ${output^^} == *PING* ]]
  grep -qx 'restarted' preloaded.output
  run -1 grep -vxE "restarted|$usual" preloaded.output
}

# The server dials the client for each file, from its own address and a port that bind() took.
vsftpd_and_ftplib() {
  local server
  mkdir -p files empty
  head -c 100000 /dev/zero | tr '\0' x >files/hundred
  cat >vsftpd.conf <<END
listen=YES
listen_address=127.0.0.1
listen_port=2121
background=NO
anonymous_enable=YES
anon_root=$PWD/files
secure_chroot_dir=$PWD/empty
port_enable=YES
connect_from_port_20=$(has_every_user && echo YES || echo NO)
xferlog_enable=NO
$(has_every_user || echo run_as_launching_user=YES)
END
  chmod 755 . files empty
  vsftpd "$PWD/vsftpd.conf" &
  server=$!
  wait_for 20 listens 2121
  covered "$server" "$1"
  python3 - <<'END'
import ftplib
for active in range(10):
    with ftplib.FTP() as ftp:
        ftp.connect("127.0.0.1", 2121, timeout=20)
        ftp.login()
        ftp.set_pasv(False)
        for _ in range(10):
            pieces = []
            ftp.retrbinary("RETR hundred", pieces.append)
            assert len(b"".join(pieces)) == 100000
        assert ftp.nlst() == ["hundred"]
print("110 active transfers")
END
  stop "$server"
}

@test "vsftpd dials an active-mode client back, without the library and with it" {
  need vsftpd python3
  both_ways vsftpd_and_ftplib
}

@test "each of CPython's network tests has the same result without the library and with it" {
  need python3
  [[ -d /usr/lib/python3.11/test/test_asyncio ]] ||
    lacking "libpython3.11-testsuite is not installed"
  local tests=(test_asyncore test_ftplib test_smtplib test_select test_epoll test_httplib
    test_telnetlib test_socketserver) least=400
  if [[ ${NOSELF_FULL:-0} == 1 ]]; then
    # The longest first, because they run in parallel. make soak runs all there are.
    tests=(test_ssl test_socket test_selectors test_asyncio "${tests[@]}" test_asynchat
      test_poplib test_urllib2_localnet)
    least=3000
  fi
  run python3 "$ROOT/tests/lib/cpython.py" "$LIBRARY" "${tests[@]}"
  echo "# ${output//$'\n'/$'\n'# }" >&3
  [[ $status == 0 && $output == *"; 0 differ" ]]
  # After a crash there would be only a few.
  read -r count _ <<<"${lines[-1]}"
  ((count > least))
}
