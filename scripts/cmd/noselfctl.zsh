#compdef noselfctl
# SPDX-License-Identifier: MIT
# Zsh completion for noselfctl: subcommands, their options, and units, processes or files.

_noselfctl_units() {
  local -a units
  units=(${${(f)"$(systemctl ${words[(r)--user]} list-unit-files --no-legend --no-pager --type=service 2>/dev/null)"}%% *})
  compadd -a units
}

_noselfctl_units_and_processes() {
  _alternative 'unit:unit:_noselfctl_units' 'process:process:_pids'
}

_noselfctl() {
  local context state state_descr line
  local -A opt_args
  local -a place=(
    '--runtime[below /run, until the next boot]'
    '(--user)--root=[for the system below a folder]:folder:_files -/'
    '(--root)--user[for your own units]'
  )

  _arguments -C \
    '(- *)'{-h,--help}'[print a summary]' \
    '(- *)'{-V,--version}'[print the version]' \
    '1:command:((enable\:"put units under the shim" disable\:"take the drop-in away again" status\:"which process has the shim" check\:"can the shim cover a program" ports\:"listening ports at risk"))' \
    '*::argument:->rest'
  [[ $state == rest ]] || return
  case $words[1] in
    enable)
      _arguments -s -S $place \
        '(-m --mode)'{-m+,--mode=}'[what to do about a self-connection]:mode:(retry fail observe)' \
        '(-r --retries)'{-r+,--retries=}'[how often to dial again]:number:({1..16})' \
        '(-e --errno)'{-e+,--errno=}'[what a call that only reaches itself fails with]:errno:(ECONNREFUSED EADDRNOTAVAIL ECONNRESET ETIMEDOUT EHOSTUNREACH)' \
        '(-p --pinned)'{-p+,--pinned=}'[for a port the program itself bound]:what:(fail allow)' \
        '(-b --bind-no-port)'{-b+,--bind-no-port=}'[the IP_BIND_ADDRESS_NO_PORT hint]:switch:(0 1)' \
        '(-l --log)'{-l+,--log=}'[where to log]:where:(off stderr)' \
        '*:unit:_noselfctl_units'
      ;;
    disable) _arguments $place '*:unit:_noselfctl_units' ;;
    status) _arguments '--json[print JSON]' '--user[for your own units]' '*:unit or process:_noselfctl_units_and_processes' ;;
    check) _arguments '--json[print JSON]' '*:file:_files' ;;
    ports) _arguments '--json[print JSON]' ;;
  esac
}

_noselfctl "$@"
