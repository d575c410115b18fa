# SPDX-License-Identifier: MIT
# Fish completion for noselfctl: subcommands, their options, and units, processes or files.

function __noselfctl_units
    set -l user
    contains -- --user (commandline -opc); and set user --user
    systemctl $user list-unit-files --no-legend --no-pager --type=service 2>/dev/null | string replace -r ' .*' ''
end

set -l none 'not __fish_seen_subcommand_from enable disable status check ports'
set -l units '__fish_seen_subcommand_from enable disable'

complete -c noselfctl -f
complete -c noselfctl -n $none -a enable -d 'Put units under the shim'
complete -c noselfctl -n $none -a disable -d 'Take the drop-in away again'
complete -c noselfctl -n $none -a status -d 'Which process has the shim'
complete -c noselfctl -n $none -a check -d 'Can the shim cover a program'
complete -c noselfctl -n $none -a ports -d 'Listening ports at risk'
complete -c noselfctl -s h -l help -d 'Print a summary'
complete -c noselfctl -s V -l version -d 'Print the version'
complete -c noselfctl -n $units -l runtime -d 'Below /run, until the next boot'
complete -c noselfctl -n $units -l root -x -a '(__fish_complete_directories)' -d 'For the system below a folder'
complete -c noselfctl -n '__fish_seen_subcommand_from enable disable status' -l user -d 'For your own units'
complete -c noselfctl -n '__fish_seen_subcommand_from enable disable status' -a '(__noselfctl_units)' -d Unit
complete -c noselfctl -n '__fish_seen_subcommand_from status' -a '(__fish_complete_pids)'
complete -c noselfctl -n '__fish_seen_subcommand_from check' -F
complete -c noselfctl -n '__fish_seen_subcommand_from status check ports' -l json -d 'Print JSON'
complete -c noselfctl -n '__fish_seen_subcommand_from enable' -s m -l mode -x -a 'retry fail observe' -d 'What to do about a self-connection'
complete -c noselfctl -n '__fish_seen_subcommand_from enable' -s r -l retries -x -a '(seq 16)' -d 'How often to dial again'
complete -c noselfctl -n '__fish_seen_subcommand_from enable' -s e -l errno -x -a 'ECONNREFUSED EADDRNOTAVAIL ECONNRESET ETIMEDOUT EHOSTUNREACH' -d 'What a call that only reaches itself fails with'
complete -c noselfctl -n '__fish_seen_subcommand_from enable' -s p -l pinned -x -a 'fail allow' -d 'For a port the program itself bound'
complete -c noselfctl -n '__fish_seen_subcommand_from enable' -s b -l bind-no-port -x -a '0 1' -d 'The IP_BIND_ADDRESS_NO_PORT hint'
complete -c noselfctl -n '__fish_seen_subcommand_from enable' -s l -l log -r -a 'off stderr' -d 'Where to log'
