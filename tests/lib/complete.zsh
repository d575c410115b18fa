# SPDX-License-Identifier: MIT
# Types each line into an interactive zsh with the completions of a directory, presses Tab, and
# prints the resulting line: complete.zsh DIRECTORY LINE...

zmodload zsh/zpty
directory=$1
shift
zpty shell zsh -f -i
# A widget that writes the line to a file, which is easier to read than the screen.
zpty -w shell "fpath=(${(q)directory} \$fpath) PS1= result=${(q)directory}/result
autoload -U compinit && compinit -u -D
unsetopt AUTO_MENU LIST_BEEP
finish() { print -r -- \$BUFFER >>\$result; BUFFER= }
zle -N finish
bindkey '^I' complete-word '^X' finish
: >\$result"
integer typed=0 end=$(( SECONDS + 60 ))
# lines COUNT: waits until the result has so many lines; fails after a minute.
lines() {
  until [[ -e $directory/result ]] && (( $(wc -l <$directory/result) >= $1 )); do
    (( SECONDS < end )) || { print -u2 "complete.zsh: no answer from zsh"; exit 1 }
    zpty -r -t shell _
    sleep 0.05
  done
}
lines 0
for line; do
  zpty -w -n shell "$line"$'\t\x18'
  typed+=1
  lines $typed
done
zpty -d shell
sed 's/ *$//' $directory/result
