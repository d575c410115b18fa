#compdef noself
# SPDX-License-Identifier: MIT
# Zsh completion for noself: its options and their values, then a command as ever.

_noself_log() {
  _alternative 'word:where:(off stderr)' 'file:file:_files'
}

_arguments -s -S \
  '(-m --mode)'{-m+,--mode=}'[what to do about a self-connection]:mode:(retry fail observe)' \
  '(-r --retries)'{-r+,--retries=}'[how often to dial again]:number:({1..16})' \
  '(-e --errno)'{-e+,--errno=}'[what a call that only reaches itself fails with]:errno:(ECONNREFUSED EADDRNOTAVAIL ECONNRESET ETIMEDOUT EHOSTUNREACH)' \
  '(-p --pinned)'{-p+,--pinned=}'[for a port the program itself bound]:what:(fail allow)' \
  '(-b --bind-no-port)'{-b+,--bind-no-port=}'[the IP_BIND_ADDRESS_NO_PORT hint]:switch:(0 1)' \
  '(-l --log)'{-l+,--log=}'[where to log]:where:_noself_log' \
  '--force[run the command even where the shim cannot cover it]' \
  '(- *)'{-h,--help}'[print a summary]' \
  '(- *)'{-V,--version}'[print the version]' \
  '(-):command:_command_names -e' \
  '*::argument:_normal'
