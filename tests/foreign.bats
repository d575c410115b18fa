#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Other projects' programs and tests: servers with their own load tools, and CPython's tests of its
# network modules. With the library each has only the errors that it has without it.

# shellcheck disable=SC2317 # functions are called by name
load lib/helpers

setup() {
  need_namespace
}

# both_ways LO HI SCENARIO: runs the function, with server and clients, without the library and then
# with it, in new namespaces, which end with it, and in a new directory. The range of ephemeral ports is
# LO..HI. The outputs are the files baseline and library.
both_ways() {
  local way
  [[ $EUID == 0 ]] || lacking "the servers change their user"
  # shellcheck disable=SC2163 # it is the function of that name
  export -f "$3"
  for way in baseline library; do
    mkdir -m 755 "$BATS_TEST_TMPDIR/$way.directory"
    cd "$BATS_TEST_TMPDIR/$way.directory" || return
    # shellcheck disable=SC2016 # the inner shell's
    run trap_run "$1" "$2" unshare --pid --fork --mount-proc --kill-child \
      timeout 60 bash -c 'either "$0" bash -euo pipefail -c "$1"' "$way" "$3"
    echo "$output" >"../$way"
    sed "s/^/# $way: /" "../$way" >&3
    [[ $status == 0 ]]
  done
  cd ..
}

# serves PORT: waits until the last background process listens on the port, and checks that it has the
# library exactly if this shell has.
serves() {
  wait_for 20 listens "$1"
  [[ $(grep -oF -m 1 "$LIBRARY" "/proc/$!/maps") == "${LD_PRELOAD-}" ]]
}

# listens PORT: whether a process listens on it.
listens() {
  grep -q ":$(printf %04X "$1") 00000000:0000 0A " /proc/net/tcp
}
export -f serves listens

# nginx answers requests itself, and by dialling itself as an upstream: from any address and from one.
nginx_and_wrk() {
  local target
  cat >nginx.conf <<END
daemon off; user root; worker_processes 2; pid $PWD/pid; error_log $PWD/errors warn;
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
  serves 8080
  for target in direct dialled bound; do
    wrk -t 2 -c 20 -d 1s "http://127.0.0.1:8080/$target" >report
    awk -v target="$target" '/requests in/ { print target ": " $1 " requests"; some = $1 > 100 }
      /Socket errors|Non-2xx/ { print; bad = 1 } END { exit bad || !some }' report
  done
  diff /dev/null errors
}

@test "nginx under wrk has no errors, without the library and with it" {
  need nginx wrk
  both_ways 32768 60999 nginx_and_wrk
}

# A client asks all the time. When it has reached itself, or was refused a hundred times, its server
# starts; until a self-connection is undone its port is busy, so the server may need a second try.
redis_down() {
  said() {
    (($(grep -c "$2" answers) >= $1))
  }
  while :; do
    redis-cli -p 50000 -r -1 -i 0.05 PING </dev/null || true
  done &>answers &
  wait_for 20 eval 'said 1 ^PING || said 100 refused'
  for _ in 1 2 3 4 5; do
    redis-server --port 50000 --bind 127.0.0.1 --save '' --dir "$PWD" --logfile log || true
  done &
  wait_for 20 eval "said 10 ^PONG || ! [[ -d /proc/$! ]]"
  sort answers | uniq -c
  echo "failed starts: $(grep -c 'bind: Address already in use' log || true)"
}

@test "clients of a stopped redis-server read their own data and take its port, but not with the library" {
  need redis-server redis-cli
  both_ways 50000 50009 redis_down
  [[ $(<baseline) == *' PING'*'failed starts: 5' && $(<baseline) != *PONG* ]]
  [[ $(<library) == *refused*' PONG'* && $(<library) != *PING* ]]
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
