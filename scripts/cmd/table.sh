# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Rows of tab-separated fields, as a table that lines up or as JSON.

# row FIELD...: prints one row. Nothing in a field can end it or reach the terminal as a command.
row() {
  row=''
  for field; do
    case $field in *[![:print:]]*) field=$(printf '%s' "$field" | clean) ;; esac
    row=$row${row:+$tab}${field:--}
  done
  printf '%s\n' "$row"
}
tab=$(printf '\t')

# table HEAD...: prints the rows on stdin below these heads; nothing where there are none.
table() {
  LC_ALL=C awk -F '\t' -v heads="$*" '
    BEGIN { columns = split(heads, cell, " "); for (i = 1; i <= columns; i++) width[i] = length(cell[i]) }
    {
      for (i = 1; i <= columns; i++) {
        if (length($i) > width[i]) width[i] = length($i)
        field[NR, i] = $i
      }
    }
    END {
      if (!NR) exit
      for (i = 1; i < columns; i++) printf "%-" width[i] "s  ", cell[i]
      print cell[columns]
      for (n = 1; n <= NR; n++) {
        for (i = 1; i < columns; i++) printf "%-" width[i] "s  ", field[n, i]
        print field[n, columns]
      }
    }'
}

# json HEAD...: prints the rows on stdin as an array of objects, with the heads in lower case as
# their keys. PID and PORT are numbers; a field that is "-" is null.
json() {
  LC_ALL=C awk -F '\t' -v heads="$*" '
    BEGIN { columns = split(tolower(heads), key, " "); printf "[" }
    {
      printf "%s\n  {", (NR > 1 ? "," : "")
      for (i = 1; i <= columns; i++) {
        value = $i
        gsub(/["\\]/, "\\\\&", value)
        if (value == "-") value = "null"
        else if (!((key[i] == "pid" || key[i] == "port") && value ~ /^[0-9]+$/))
          value = "\"" value "\""
        printf "%s\"%s\": %s", (i > 1 ? ", " : ""), key[i], value
      }
      printf "}"
    }
    END { print (NR ? "\n]" : "]") }'
}

# json_string: prints stdin as one JSON string, or null if there is nothing.
json_string() {
  sed 's/\\/\\\\/g; s/"/\\"/g; s/\t/\\t/g' | awk '
    { printf "%s%s", (NR > 1 ? "\\n" : "\""), $0 }
    END { printf "%s", (NR ? "\"" : "null") }'
}
