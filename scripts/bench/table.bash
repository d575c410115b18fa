# SPDX-License-Identifier: MIT
# The benchmark's rows, its table in Markdown, and the line that says how far it is.
# shellcheck shell=bash

rows=()
met_marks=0 all_marks=0 missed=()

# row NUMBER WHAT RESULT SPREAD MARK MET: MET is yes, no or '' where there is no mark.
row() {
  rows+=("| $1 | $2 | $3 | $4 | ${5:-–} | ${6:-–} |")
  [[ -n $6 ]] || return 0
  all_marks=$((all_marks + 1))
  if [[ $6 == yes ]]; then
    met_marks=$((met_marks + 1))
  else
    missed+=("$2: $3, $5")
  fi
}

# not_measured NUMBER WHAT MARK REASON
not_measured() {
  rows+=("| $1 | $2 | not measured: ${4//|/ } | – | ${3:-–} | – |")
}

# progress STEP STEPS WHAT: on a terminal one line that changes; no STEPS: done.
progress() {
  local start='' end=$'\n'
  if [[ -t 2 ]]; then
    start=$'\r\e[K' end=''
  fi
  if (($2)); then
    printf '%s[%2d/%d] %.60s%s' "$start" "$1" "$2" "${3//\'/}" "$end" >&2
  else
    printf '%s' "$start" >&2
  fi
}

# machine: where this was measured, in one line.
machine() {
  local cpu
  cpu=$(sed -n 's/^\(model name\|Model\|cpu model\)[ \t]*: //p' /proc/cpuinfo | sort -u | head -n 1)
  printf '%s, %s processors, Linux %s, %s, %s; load %s when it ended' "${cpu:-$(uname -m)}" \
    "$(nproc)" "$(uname -r | grep -o '^[0-9.]*[0-9]')" \
    "$(getconf GNU_LIBC_VERSION 2>/dev/null || echo 'another libc')" "$(uname -m)" \
    "$(cut -d ' ' -f 1 /proc/loadavg)"
}

# table KIND: everything measured, in Markdown. KIND is quick or ''.
table() {
  local line
  echo "Ratios of one ${1:+$1 }run, noself to bare unless a row says otherwise: the median of paired"
  echo 'rounds ± what it is known to (95 %), and the quartiles of the rounds. Times are processor time,'
  echo 'which a busy machine changes little; those of dials that meet themselves are by the clock.'
  echo 'Measured on:'
  echo "$(machine)."
  echo
  echo '| | what | result | quartiles | mark | met |'
  echo '| --- | --- | --- | --- | --- | --- |'
  printf '%s\n' "${rows[@]}"
  echo
  echo "$met_marks of $all_marks marks met."
  for line in "${missed[@]}"; do
    echo "Missed: $line."
  done
}
