# SPDX-License-Identifier: MIT
# Fish completion for noselfctl: its commands, their options as `noselfctl --help` names them, and
# units, processes or files.

function __noselfctl_units
    set -l user
    contains -- --user (commandline -opc); and set user --user
    for list in list-unit-files list-units
        systemctl $user $list --no-legend --no-pager --plain 2>/dev/null | string match -r '^[^ ]+\.(?:service|socket|mount|swap)'
    end
end

function __noselfctl_enabled
    for file in {/etc,/run}/systemd/system/*.d/noself.conf ~/.config/systemd/user/*.d/noself.conf
        string replace -r '.*/(.*)\.d/noself\.conf$' '$1' $file
    end
end

set -l none 'not __fish_seen_subcommand_from enable disable status check ports help'

complete -c noselfctl -f
complete -c noselfctl -n $none -a enable -d 'Put units under the library'
complete -c noselfctl -n $none -a disable -d 'Remove the drop-in'
complete -c noselfctl -n $none -a status -d 'Which process has the library'
complete -c noselfctl -n $none -a check -d 'How noself would cover a program'
complete -c noselfctl -n $none -a ports -d 'Listening ports at risk'
complete -c noselfctl -n $none -a help -d 'Print a summary'
complete -c noselfctl -s h -l help -d 'Print a summary'
complete -c noselfctl -n $none -s V -l version -d 'Print the version'
complete -c noselfctl -n '__fish_seen_subcommand_from enable disable' -l runtime -d 'Below /run, until the next boot'
complete -c noselfctl -n '__fish_seen_subcommand_from enable disable' -l root -x -a '(__fish_complete_directories)' -d 'For the system below a directory'
complete -c noselfctl -n '__fish_seen_subcommand_from enable disable status' -l user -d 'For your own units'
complete -c noselfctl -n '__fish_seen_subcommand_from enable' -l force -d 'Even if the library cannot cover the unit'
complete -c noselfctl -n '__fish_seen_subcommand_from enable status' -a '(__noselfctl_units)' -d Unit
complete -c noselfctl -n '__fish_seen_subcommand_from disable' -a '(__noselfctl_enabled)' -d Unit
complete -c noselfctl -n '__fish_seen_subcommand_from status' -a '(__fish_complete_pids)'
complete -c noselfctl -n '__fish_seen_subcommand_from check' -F
complete -c noselfctl -n '__fish_seen_subcommand_from ports' -l sysctl -d 'Only the line for sysctl.d'
complete -c noselfctl -n '__fish_seen_subcommand_from ports' -l nft -d 'Only the rules for nft'
complete -c noselfctl -n '__fish_seen_subcommand_from ports' -l json -d 'Print JSON'

set -l lines (noselfctl --help)
for i in (seq 2 (count $lines))
    set -l parts (string match -r '^  -(.), --([a-z-]+)=(.*)$' -- $lines[(math $i - 1)])
    or continue
    set -l values (string split '|' -- $parts[4] | string match -vr '[A-Z.]')
    set -l kind -x
    string match -q '*PATH*' -- $parts[4]; and set kind -r
    complete -c noselfctl -n '__fish_seen_subcommand_from enable' -s $parts[2] -l $parts[3] $kind -a "$values" -d (string trim -- $lines[$i])
end
