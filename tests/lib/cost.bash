# SPDX-License-Identifier: MIT
# What can be counted of the shim's cost: system calls, instructions, memory. Nothing here is timed.
# shellcheck shell=bash disable=SC2154 # helpers.bash, loaded before, says where things are

# traced OPERATION COUNT [thread]: the system calls of such a run of the probe; PRELOAD goes first.
traced() {
  local trace
  trace=$(mktemp)
  strace -f -qq -o "$trace" ${PRELOAD:+-E LD_PRELOAD="$PRELOAD"} "$PROBES/cost_calls" "$@" &&
    grep -vc -e ' resumed>' -e ' +++ ' "$trace"
  rm -f "$trace"
}

# executed OPERATION COUNT: the same for instructions in user space.
executed() {
  local report
  report=$(env ${PRELOAD:+LD_PRELOAD="$PRELOAD"} setarch -R valgrind --tool=cachegrind \
    --cache-sim=no --cachegrind-out-file=/dev/null "$PROBES/cost_calls" "$@" 2>&1) &&
    sed -n 's/,//g; s/.* I *refs: *\([0-9]*\).*/\1/p' <<<"$report"
}

# per_call COUNTER FEW MANY OPERATION [thread]: what one call more costs, from two runs, so that
# starting and ending cancel out.
per_call() {
  local counter=$1 few=$2 many=$3 operation=$4 a b
  a=$("$counter" "$operation" "$few" "${@:5}") && b=$("$counter" "$operation" "$many" "${@:5}") &&
    awk -v all=$((b - a)) -v calls=$((many - few)) 'BEGIN { printf "%.4g\n", all / calls }'
}

# more_per_call COUNTER FEW MANY OPERATION [thread]: how much more that is under the shim, to one
# decimal. Has to run where lo is up.
more_per_call() {
  local bare under
  bare=$(PRELOAD='' per_call "$@") && under=$(PRELOAD=$SHIM per_call "$@") &&
    awk -v bare="$bare" -v under="$under" 'BEGIN { printf "%.1f\n", under - bare }' | sed 's/\.0$//'
}

# calls_more OPERATION [thread]: system calls more for one. The operations: see cost_calls.
calls_more() {
  more_per_call traced 1 11 "$@"
}

# instructions_more OPERATION
instructions_more() {
  more_per_call executed 100 1100 "$1"
}

# memory LIBRARY WHAT: of a process under LIBRARY, '' for none. WHAT is library, the KiB of private
# pages in that library's own mappings; process, all private dirty ones; or heap, in bytes.
memory() {
  local variable=LD_PRELOAD
  # As large an environment in any case, for it lies on the stack.
  [[ -n $1 ]] || variable=NO_PRELOAD
  env "$variable=${1:-$SHIM}" setarch -R "$PROBES/cost_memory" "${1:-none}" |
    awk -v what="$2" '{ for (i = 1; i < NF; i += 2) if ($i == what) print $(i + 1) }'
}

export -f traced executed per_call more_per_call calls_more instructions_more memory
