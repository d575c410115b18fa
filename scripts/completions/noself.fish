# SPDX-License-Identifier: MIT
# Fish completion for noself: the options and values that `noself --help` names, then a command.

set -l valued (noself --help | string match -r '^  (-.), (--[a-z-]+)=' | string match -r '^-+[a-z-]+$')
set -g __noself_valued $valued

# is the word at the cursor one of noself's own, and not of the command that it runs?
function __noself_own_word
    set -l words (commandline -opc)
    set -e words[1]
    while set -q words[1]
        if contains -- $words[1] $__noself_valued
            set -e words[1]
        else if not string match -qr '^-' -- $words[1]; or test "$words[1]" = --
            return 1
        end
        set -e words[1]
    end
end

set -l lines (noself --help)
for i in (seq 2 (count $lines))
    set -l help (string trim -- $lines[$i])
    set -l parts (string match -r '^  (-.,|   ) --([a-z-]+)(?:=(.*))?$' -- $lines[(math $i - 1)])
    or continue
    set -l arguments -c noself -n __noself_own_word -l $parts[3] -d $help
    string match -q -- '-*' $parts[2]; and set -a arguments -s (string sub -s 2 -l 1 -- $parts[2])
    if set -q parts[4]
        set -l values (string split '|' -- $parts[4] | string match -vr '[A-Z.]')
        string match -q '*PATH*' -- $parts[4]; and set -a arguments -r; or set -a arguments -x
        set -a arguments -a "$values"
    end
    complete $arguments
end
complete -c noself -x -a "(__fish_complete_subcommand $__noself_valued)"
