# shellcheck shell=sh disable=SC2154 # set in another of the files that are read in
# SPDX-License-Identifier: MIT
# noselfctl ports: listening ports that a client may be given as its own, and what to do about it.

# sockets: prints "KIND ADDRESS PORT STATE INODE", tab-separated, for each TCP socket of this network
# namespace that listens (KIND listen) or is connected to itself (KIND self).
sockets() {
  # the kernel prints an address as the host's own numbers
  little=$(printf '\1\0' | od -An -tu2 | tr -d ' ')
  for file in /proc/net/tcp /proc/net/tcp6; do
    [ ! -r "$file" ] || cat "$file"
  done | LC_ALL=C awk -v little="$little" '
    function hex(s,   i, v) {
      v = 0
      for (i = 1; i <= length(s); i++) v = v * 16 + index("0123456789ABCDEF", substr(s, i, 1)) - 1
      return v
    }
    # the bytes of one word, in network order, as hexadecimal
    function word(s) {
      if (little != 1) return s
      return substr(s, 7, 2) substr(s, 5, 2) substr(s, 3, 2) substr(s, 1, 2)
    }
    function v4(s) {
      return hex(substr(s, 1, 2)) "." hex(substr(s, 3, 2)) "." hex(substr(s, 5, 2)) "." hex(substr(s, 7, 2))
    }
    # RFC 5952: the longest run of zero groups, the first of equals, and of two at least, is "::"
    function v6(s,   i, g, run, best, at, out) {
      if (s ~ /^00000000000000000000FFFF/) return "::ffff:" v4(substr(s, 25))
      best = 1; at = 0; run = 0
      for (i = 1; i <= 8; i++) {
        g[i] = tolower(substr(s, i * 4 - 3, 4))
        sub(/^0+/, "", g[i])
        if (g[i] == "") { g[i] = "0"; run++ } else run = 0
        if (run > best) { best = run; at = i - run + 1 }
      }
      out = ""
      for (i = 1; i <= 8; i++) {
        if (i == at) { out = out "::"; i += best - 1; continue }
        out = out (out == "" || out ~ /::$/ ? "" : ":") g[i]
      }
      return out
    }
    function address(s) {
      if (length(s) == 8) return v4(word(s))
      return v6(word(substr(s, 1, 8)) word(substr(s, 9, 8)) word(substr(s, 17, 8)) word(substr(s, 25, 8)))
    }
    BEGIN {
      split("ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK LISTEN CLOSING NEW_SYN_RECV", state, " ")
    }
    $4 == "0A" || ($2 == $3 && $2 ~ /:/) {
      split($2, end, ":")
      if (hex(end[2]) == 0) next
      printf "%s\t%s\t%d\t%s\t%s\n", ($4 == "0A" ? "listen" : "self"), address(end[1]), hex(end[2]),
        state[hex($4)], $10
    }'
}

# owners: prints "INODE PID" for every socket whose descriptor this user may see.
owners() {
  # shellcheck disable=SC2012 # these names are numbers, and the arrow is what is wanted
  ls -ln /proc/[0-9]*/fd 2>/dev/null | awk '
    /^\/proc\/[0-9]+\/fd:$/ { split($0, part, "/"); pid = part[3] }
    / -> socket:\[[0-9]+\]$/ { gsub(/[^0-9]/, "", $NF); print $NF, pid }'
}

# with_programs: turns the lines of `sockets` into rows of address, port, state, pid and program.
with_programs() {
  owners_now=$(owners)
  while IFS=$tab read -r _ address port state inode; do
    pid=''
    [ "$inode" = 0 ] || pid=$(printf '%s\n' "$owners_now" | awk -v inode="$inode" '$1 == inode { print $2; exit }')
    program=''
    [ -z "$pid" ] || program=$(cat "/proc/$pid/comm" 2>/dev/null)
    row "$address" "$port" "$state" "$pid" "$program"
  done
}

# reserved_with PORTS: prints the value of ip_local_reserved_ports that has these besides, as the
# kernel writes it: sorted, with ranges.
reserved_with() {
  printf '%s\n' "$(cat /proc/sys/net/ipv4/ip_local_reserved_ports)" "$@" | sed 's/[ ,]/\n/g' | awk '
    /^[0-9]+(-[0-9]+)?$/ { split($0 "-" $0, end, "-"); print end[1], end[2] }' | sort -n | awk '
    function flush() { if (NR > 1) printf "%s%s", (n++ ? "," : ""), (low == high ? low : low "-" high) }
    { if (NR > 1 && $1 <= high + 1) { if ($2 > high) high = $2 + 0; next } }
    { flush(); low = $1 + 0; high = $2 + 0 }
    END { NR++; flush(); print "" }'
}

# range: sets `low` and `high` to the ephemeral range. The kernel gives that file out in one read.
range() {
  # shellcheck disable=SC2046 # to be split
  set -- $(cat /proc/sys/net/ipv4/ip_local_port_range)
  low=$1 high=$2
}

# named PORT...: adds these to the lines of `sockets` on stdin as though they were listened on,
# where they are not: a service that is away at the moment.
named() {
  awk -v ports="$*" '
    { print }
    $1 == "listen" { there[$3] = 1 }
    END {
      n = split(ports, port, " ")
      for (i = 1; i <= n; i++) if (!there[port[i]]++) printf "listen\t-\t%d\t-\t0\n", port[i]
    }' FS='\t'
}

# at_risk: of the lines of `sockets`, those that listen within the range and are not reserved.
at_risk() {
  awk -F '\t' -v low="$low" -v high="$high" -v reserved="$(reserved_with)" '
    BEGIN { n = split(reserved, part, ",") }
    $1 == "listen" && $3 >= low && $3 <= high {
      for (i = 1; i <= n; i++) {
        split(part[i] "-" part[i], end, "-")
        if ($3 >= end[1] + 0 && $3 <= end[2] + 0) next
      }
      print
    }'
}

# nft_rules PORTS: prints a file for nft -f that refuses a connection to one of these ports from
# itself, and nothing else. No rule can compare two fields of a packet; but one can put the source
# into a set and look for the destination there. The sequence number, chosen anew for each
# connection, keeps packets apart from one another.
nft_rules() {
  ports=$(printf '%s' "$1" | sed 's/ /, /g')
  cat <<.
table inet noself
delete table inet noself
table inet noself {
	set self4 {
		typeof ip saddr . tcp sport . tcp sequence
		size 65535
		flags dynamic,timeout
		timeout 1s
	}
	set self6 {
		typeof ip6 saddr . tcp sport . tcp sequence
		size 65535
		flags dynamic,timeout
		timeout 1s
	}
	chain output {
		type filter hook output priority 0; policy accept;
		oifname "lo" tcp sport { $ports } tcp dport { $ports } tcp flags & (syn | ack) == syn jump self
	}
	chain self {
		meta nfproto ipv4 add @self4 { ip saddr . tcp sport . tcp sequence } ip daddr . tcp dport . tcp sequence @self4 reject with tcp reset
		meta nfproto ipv6 add @self6 { ip6 saddr . tcp sport . tcp sequence } ip6 daddr . tcp dport . tcp sequence @self6 reject with tcp reset
	}
}
.
}

# ports: the subcommand, for the ports that are listened on and for "$@".
ports() {
  for word; do
    case $word in
      '' | 0* | *[!0-9]* | ??????*) ! : ;;
      *) [ "$word" -le 65535 ] ;;
    esac || wrong "ports: expected a port from 1 to 65535, got '$word'"
  done
  range
  found_sockets=$(sockets | named "$@")
  risky=$(printf '%s\n' "$found_sockets" | at_risk)
  selves=$(printf '%s\n' "$found_sockets" | grep "^self$tab")
  list=$(printf '%s\n' "$risky" | cut -f 3 | sort -nu | tr '\n' ' ')
  list=${list% }
  sysctl_line='' rules=''
  if [ -n "$list" ]; then
    sysctl_line="net.ipv4.ip_local_reserved_ports=$(reserved_with "$list")"
    rules=$(nft_rules "$list")
  fi
  risky=$([ -z "$risky" ] || printf '%s\n' "$risky" | with_programs)
  selves=$([ -z "$selves" ] || printf '%s\n' "$selves" | with_programs)
  "ports_as_$as"
  [ -z "$list" ]
}

# lines TEXT: prints it with its line break; nothing for nothing.
lines() {
  [ -z "$1" ] || printf '%s\n' "$1"
}

ports_as_table() {
  if [ -n "$list" ]; then
    echo "Ports of services that a client may be given as its own (the ephemeral range is $low to $high):"
    echo
    lines "$risky" | table ADDRESS PORT STATE PID PROGRAM
    echo
    echo "To keep them from being given out, a line for sysctl -w or a file in /etc/sysctl.d:"
    echo
    echo "  $sysctl_line"
    echo
    echo "To refuse self-connections to them from programs that no preload reaches, rules for nft -f:"
    echo
    lines "$rules" | sed 's/^/  /'
  else
    echo "No listening port lies unreserved in the ephemeral range, $low to $high."
    echo "For a service that is away at the moment, name its port: noselfctl ports PORT..."
  fi
  echo
  if [ -n "$selves" ]; then
    echo "Connections that have reached themselves:"
    echo
    lines "$selves" | table ADDRESS PORT STATE PID PROGRAM
    echo
    echo "To reserve or guard a port that nobody listens on now, name it: noselfctl ports PORT..."
  else
    echo "No connection has reached itself."
  fi
  [ "$(id -u)" = 0 ] || say "not root, so pid and program are known only for your own processes"
}

ports_as_json() {
  printf '{"range": [%d, %d],\n"ports": ' "$low" "$high"
  lines "$risky" | json ADDRESS PORT STATE PID PROGRAM
  printf ',"sysctl": %s,\n"nft": %s,\n"self_connections": ' \
    "$(lines "$sysctl_line" | json_string)" "$(lines "$rules" | json_string)"
  lines "$selves" | json ADDRESS PORT STATE PID PROGRAM
  echo '}'
}
