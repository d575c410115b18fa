#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# scripts/containers does what it says: in a root of glibc and in one of musl, in the pod of the
# manifest, and in /etc/ld.so.preload.

load lib/helpers
load lib/roots

RECIPES=$ROOT/scripts/containers
export RECIPES

# as_image DOCKERFILE CMD...: CMD in the kept root, made an image by that file, with the trap set.
as_image() {
  trap_run 50000 50000 in_root "${kept_root:?}" "$ROOT/tests/lib/as-image" "$@" 2>&1 <<<hello
}

@test "two lines in a Dockerfile keep a glibc image's client from reaching itself" {
  need_kept_root debian
  run as_image bare timeout 5 telnet 127.0.0.1 50000
  [[ $output == *'Connected to 127.0.0.1'* ]]
  run -1 as_image "$RECIPES/Dockerfile" timeout 5 telnet 127.0.0.1 50000
  [[ $output == *'Connection refused'* && $output != *Connected* && $output != *preload* ]]
}

@test "the same two lines and the same file keep a musl image's client from reaching itself" {
  need_kept_root musl
  run -0 as_image bare timeout 5 nc 127.0.0.1 50000
  [[ $output == hello ]]
  run -1 as_image "$RECIPES/Dockerfile" timeout 5 nc 127.0.0.1 50000
  [[ $output == *'Connection refused'* && $output != *hello* && $output != *preload* ]]
  run as_image bare timeout 5 telnet 127.0.0.1 50000
  [[ $output == *Connected* ]]
  run -1 as_image "$RECIPES/Dockerfile" timeout 5 telnet 127.0.0.1 50000
  [[ $output == *'Connection refused'* && $output != *Connected* ]]
}

@test "the README shows the lines that are in the Dockerfile" {
  run -0 sed -n '/^COPY\|^ENV/p' "$RECIPES/Dockerfile"
  [[ ${#lines[@]} == 2 ]]
  [[ $output == "$(sed -n '/^COPY\|^ENV/p' "$RECIPES/README.md")" ]]
}

# manifest WHAT [FILE]: see tests/lib/manifest.py. The system's python, which has the client.
manifest() {
  /usr/bin/python3 "$ROOT/tests/lib/manifest.py" "$1" "${2:-$RECIPES/kubernetes.yaml}"
}

need_client() {
  /usr/bin/python3 -c 'import kubernetes, yaml' 2>/dev/null ||
    lacking 'python3-kubernetes is not installed'
}

@test "the manifest is what the Kubernetes API describes, and mistakes in it are seen" {
  need_client
  run -0 manifest check
  [[ -z $output ]]
  local mistake
  # shellcheck disable=SC2016 # sed's own
  for mistake in 's/emptyDir/emptydir/' 's/mountPath: .*/mountpath: x/' \
    's/readOnly: true/readOnly: "y"/' 's/replicas: 1/replicas: one/' '/image: legacy/d;s/apps/app/' \
    '0,/app: legacy/s//app: other/' '/^ *- name: legacy$/s/name/nam/' \
    '/^      volumes:/,$s/name: noself/name: another/'; do
    sed "$mistake" "$RECIPES/kubernetes.yaml" >"$BATS_TEST_TMPDIR/wrong.yaml"
    run ! cmp -s "$RECIPES/kubernetes.yaml" "$BATS_TEST_TMPDIR/wrong.yaml"
    run -1 manifest check "$BATS_TEST_TMPDIR/wrong.yaml"
    [[ -n $output && $output != *Traceback* ]]
  done
}

@test "the manifest names the carrier of this version" {
  need_client
  eval "$(manifest shell)"
  [[ $CARRIER == *:"$(<"$ROOT/shim/version")" ]]
}

# pod BARE|GUARDED: the init container in a root of musl, as its user, then the program in a root of
# Debian; both with the volume.
pod() {
  local volume=$BATS_TEST_TMPDIR/volume environment=()
  mkdir -m 777 "$volume"
  chmod 755 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR" 2>/dev/null
  export volume MOUNT
  if [[ $1 == guarded ]]; then
    environment=("${MAIN_ENV[@]}")
    # shellcheck disable=SC2016 # the inner shell's
    in_root "$BUILD/roots/musl" /bin/sh -c '
      sed -n "s/^COPY libnoself.so //p" "$RECIPES/carrier.Dockerfile" | while read -r to; do
        cp "$SHIM" "$to" || exit
      done && mkdir "$MOUNT" && "$@" && cp "$MOUNT"/* "$volume"' - "${INIT_COMMAND[@]}" || return 96
  fi
  # shellcheck disable=SC2016 # the inner shell's
  trap_run 50000 50000 in_root "$BUILD/roots/debian" /bin/sh -c '
    mkdir "$MOUNT" && mount --bind "$volume" "$MOUNT" && mount -o remount,bind,ro "$MOUNT" &&
      exec env "$@"' - "${environment[@]}" timeout 5 telnet 127.0.0.1 50000 2>&1 <<<hello
}

@test "the pod of the manifest, played through in two roots, guards its program and logs it" {
  need_client
  need_kept_root musl
  need_kept_root debian
  eval "$(manifest shell)"
  run pod bare
  [[ $output == *'Connected to 127.0.0.1'* ]]
  rmdir "$BATS_TEST_TMPDIR/volume"
  run -1 pod guarded
  [[ $output == *'Connection refused'* && $output != *Connected* ]]
  [[ $output == *'noself['*'comm=telnet'*'self=127.0.0.1:50000'* ]]
}

LIB=/usr/local/lib/libnoself.so
export LIB

# /etc/ld.so.preload from the first try to the way out, in a root of its own.
for_every_program() {
  cp "$SHIM" "$LIB"
  echo 'tried:'
  LD_PRELOAD=$LIB /bin/true || return 90
  echo 'bare:'
  trap_run 50000 50000 timeout 5 telnet 127.0.0.1 50000 <<<hello
  echo 'in place:'
  echo "$LIB" >/etc/ld.so.preload
  trap_run 50000 50000 timeout 5 telnet 127.0.0.1 50000 <<<hello
  /bin/true || return 91
  rm "$LIB"
  echo 'gone:'
  /bin/true || return 92
  echo 'emptied:'
  : >/etc/ld.so.preload
  /bin/true
} 2>&1

@test "in /etc/ld.so.preload it guards every program, and once its file is gone is only a line" {
  need_kept_root debian
  run -0 in_root "$kept_root" for_every_program
  [[ $output == $'tried:\nbare:\n'*'Connected to 127.0.0.1'*'in place:'* ]]
  local after=${output#*in place:}
  [[ ${after%%gone:*} == *'Connection refused'* && ${after%%gone:*} != *Connected* ]]
  after=${after#*gone:}
  [[ $after == *"object '$LIB' from /etc/ld.so.preload cannot be preloaded"*': ignored.'* ]]
  [[ ${after#*emptied:} == '' ]]
}

# A file cut short: what the try says, that it really takes programs down, and the way out.
cut_short() {
  head -c 4096 "$SHIM" >"$LIB"
  LD_PRELOAD=$LIB /bin/true && echo 'the try succeeded'
  echo "$LIB" >/etc/ld.so.preload
  /bin/true && echo 'a program ran'
  : >/etc/ld.so.preload
  /bin/true && echo 'out again'
} 2>/dev/null

@test "a file cut short is found out by the first try, and the open shell gets out" {
  need_kept_root debian
  run -0 in_root "$kept_root" cut_short
  [[ $output == 'out again' ]]
}

@test "musl does not read /etc/ld.so.preload, as the README says" {
  need_kept_root musl
  # shellcheck disable=SC2016 # the inner shell's
  run -0 trap_run 50000 50000 in_root "$kept_root" /bin/sh -c '
    echo "$SHIM" >/etc/ld.so.preload && exec timeout 5 nc 127.0.0.1 50000' <<<hello
  [[ $output == hello ]]
}

export -f for_every_program cut_short
