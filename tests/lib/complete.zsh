# SPDX-License-Identifier: MIT
# Types each line into an interactive zsh with the completions of this directory, presses Tab, and
# prints the resulting lines: complete.zsh LINE...

zmodload zsh/zpty
zpty shell zsh -f -i
# A widget that writes the line to a file, which is easier to read than the screen.
zpty -w shell "fpath=($PWD \$fpath) PS1=
autoload -U compinit && compinit -u -D
unsetopt AUTO_MENU LIST_BEEP
finish() { print -r -- \$BUFFER >>result; BUFFER= }
zle -N finish
bindkey '^I' complete-word '^T' finish"
for line; do
  zpty -w -n shell "$line"$'\t\x14'
done
zpty -w shell exit
while zpty -r shell _; do :; done
cat result
