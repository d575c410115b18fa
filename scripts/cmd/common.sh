# shellcheck shell=sh disable=SC2034,SC2154 # set here and used in another of the files that are read in
# SPDX-License-Identifier: MIT
# What noself and noselfctl share: version, messages, and where they were installed to.
#
# At the top level only names that begin with noself_ are assigned, here and in the files beside:
# any other might be a variable that the caller exports, and would go changed into the command that
# noself runs.

noself_version='@VERSION@'
noself_libdir='@LIBDIR@'
case $noself_version in
  @*) # the source tree
    noself_libdir=$(cd -- "$noself_here/../.." && pwd)/build
    noself_version=$(cat -- "$noself_here/../../shim/version")
    ;;
esac

# clean: a filter that lets nothing unprintable through to a terminal.
clean() {
  LC_ALL=C tr '\001-\037\177' '?'
}

# say WORDS...: one line on stderr, whatever a value quoted in it may hold.
say() {
  printf '%s: %s\n' "$noself_name" "$(printf '%s' "$*" | clean)" >&2
}
