# SPDX-License-Identifier: MIT
# Fish completion for noself: its options and their values, then a command as ever.

# is the word at the cursor one of noself's own, and not of the command that it runs?
function __noself_own_word
    set -l words (commandline -opc)
    set -e words[1]
    while set -q words[1]
        switch $words[1]
            case -m -r -e -p -b -l --mode --retries --errno --pinned --bind-no-port --log
                set -e words[1]
            case --
                return 1
            case '-*'
            case '*'
                return 1
        end
        set -e words[1]
    end
end

complete -c noself -n __noself_own_word -s m -l mode -x -a 'retry fail observe' -d 'What to do about a self-connection'
complete -c noself -n __noself_own_word -s r -l retries -x -a '(seq 16)' -d 'How often to dial again'
complete -c noself -n __noself_own_word -s e -l errno -x -a 'ECONNREFUSED EADDRNOTAVAIL ECONNRESET ETIMEDOUT EHOSTUNREACH' -d 'What a call that only reaches itself fails with'
complete -c noself -n __noself_own_word -s p -l pinned -x -a 'fail allow' -d 'For a port the program itself bound'
complete -c noself -n __noself_own_word -s b -l bind-no-port -x -a '0 1' -d 'The IP_BIND_ADDRESS_NO_PORT hint'
complete -c noself -n __noself_own_word -s l -l log -r -a 'off stderr' -d 'Where to log'
complete -c noself -n __noself_own_word -l force -d 'Run the command even where the shim cannot cover it'
complete -c noself -n __noself_own_word -s h -l help -d 'Print a summary'
complete -c noself -n __noself_own_word -s V -l version -d 'Print the version'
complete -c noself -x -a '(__fish_complete_subcommand -m -r -e -p -b -l --mode --retries --errno --pinned --bind-no-port --log)'
