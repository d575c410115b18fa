#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# scripts/containers works as described: in a root with glibc and one with musl, in the pod of the
# manifest, and by /etc/ld.so.preload.

load lib/helpers
load lib/roots

export RECIPES=$ROOT/scripts/containers LIB=/usr/local/lib/libnoself.so

# as_image DOCKERFILE|none CMD...: runs CMD in the kept root, after the COPY and ENV lines of that file
# for libnoself.so, with one ephemeral port.
as_image() {
  # shellcheck disable=SC2016 # the inner shell's
  trap_run 50000 50000 in_root "${kept_root:?}" /bin/sh -c '
    if [ "$0" != none ]; then
      copy=$(sed -n "s/^COPY libnoself.so //p" "$0")
      mkdir -p "${copy%/*}" && cp "$LIBRARY" "$copy" && export "$(sed -n "s/^ENV //p" "$0")" || exit 97
    fi
    exec timeout 5 "$@" 127.0.0.1 50000' "$@" 2>&1 <<<hello
}

@test "two lines in a Dockerfile keep a client in a musl image from connecting to itself" {
  need_kept_root musl
  run -0 as_image none dial -i
  [[ $output == 'connected to 127.0.0.1:50000 from '*50000 ]]
  run -1 as_image "$RECIPES/Dockerfile" dial -i
  [[ $output == 'dial: connect: Connection refused' ]]
}

# manifest: prints what the pod does, as assignments: INIT_COMMAND, MOUNT and MAIN_ENV.
manifest() {
  python3 -c 'import shlex, sys, yaml
pod = yaml.safe_load(open(sys.argv[1]))["spec"]["template"]["spec"]
(init,), (main,), (volume,) = pod["initContainers"], pod["containers"], pod["volumes"]
(mount,), (same,) = init["volumeMounts"], main["volumeMounts"]
assert mount["name"] == same["name"] == volume["name"] and mount["mountPath"] == same["mountPath"]
environment = [entry["name"] + "=" + entry["value"] for entry in main["env"]]
print("INIT_COMMAND=(%s)" % shlex.join(init["command"]))
print("MAIN_ENV=(%s)" % shlex.join(environment))
print("MOUNT=" + shlex.quote(mount["mountPath"]))' "$RECIPES/kubernetes.yaml"
}

# pod plain|guarded: runs the init container in a root with musl, then the program in a root of
# Debian; both mount the volume.
pod() {
  local volume=$BATS_TEST_TMPDIR/$1 environment=()
  mkdir -m 777 "$volume"
  export volume MOUNT
  if [[ $1 == guarded ]]; then
    environment=("${MAIN_ENV[@]}")
    # shellcheck disable=SC2016 # the inner shell's
    in_root "$BUILD/roots/musl" /bin/sh -c '
      cp "$LIBRARY" "$(sed -n "s/^COPY libnoself.so //p" "$RECIPES/carrier.Dockerfile")" &&
        mkdir "$MOUNT" && "$@" && cp "$MOUNT"/* "$volume"' - "${INIT_COMMAND[@]}" || return 96
  fi
  # shellcheck disable=SC2016 # the inner shell's
  trap_run 50000 50000 in_root "$BUILD/roots/debian" /bin/sh -c '
    mkdir "$MOUNT" && mount --bind "$volume" "$MOUNT" && mount -o remount,bind,ro "$MOUNT" &&
      exec env "$@"' - "${environment[@]}" timeout 5 telnet 127.0.0.1 50000 2>&1 <<<hello
}

@test "the steps of the manifest, run in two root directories, prevent and log self-connections" {
  need_kept_root musl
  need_kept_root debian
  need python3
  eval "$(manifest)"
  run pod plain
  [[ $output == *'Connected to 127.0.0.1'* ]]
  run -1 pod guarded
  [[ $output == *'Connection refused'* && $output != *Connected* ]]
  [[ $output == *'noself['*'comm=telnet'*'self=127.0.0.1:50000'* ]]
}

# All steps with /etc/ld.so.preload: try a truncated file, then the right one, and remove it again.
for_every_program() {
  head -c 4096 "$LIBRARY" >"$LIB"
  (LD_PRELOAD=$LIB /bin/true) 2>/dev/null && return 89
  cp "$LIBRARY" "$LIB"
  LD_PRELOAD=$LIB /bin/true || return 90
  echo "$LIB" >/etc/ld.so.preload
  trap_run 50000 50000 timeout 5 telnet 127.0.0.1 50000 <<<hello
  rm "$LIB"
  echo 'gone:'
  /bin/true || return 92
  echo 'emptied:'
  : >/etc/ld.so.preload
  /bin/true
} 2>&1

@test "/etc/ld.so.preload covers every program, and without the file each prints one line and runs" {
  need_kept_root debian
  run -0 in_root "$kept_root" for_every_program
  [[ ${output%%gone:*} == *'Connection refused'* && ${output%%gone:*} != *Connected* ]]
  [[ ${output#*gone:} == *"object '$LIB' from /etc/ld.so.preload cannot be preloaded"*$'\nemptied:' ]]
}

export -f for_every_program
