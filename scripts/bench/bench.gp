# SPDX-License-Identifier: MIT
# The picture of the benchmark, from the .dat files in the folder `out`. Run by scripts/bench/bench.

set terminal svg size 1080,400 font "sans-serif,13" background "#ffffff" enhanced
set output out."/bench.svg"

# Of one run that could not measure something, the picture lacks that and nothing else.
has(name) = int(system(sprintf("test -s %s/%s && echo 1 || echo 0", out, name)))

set multiplot layout 1,3 margins 0.06,0.985,0.2,0.84 spacing 0.12,0.1
ink = "#24292f"
main = "#0969da"
other = "#bc4c00"
grey = "#8c959f"
set border 3 lc rgb grey lw 1
set tics nomirror textcolor rgb ink scale 0.5
set title font ",14" textcolor rgb ink offset 0,-0.2
set key top left Left reverse textcolor rgb ink samplen 2
set xlabel textcolor rgb ink
set ylabel textcolor rgb ink
set grid ytics lc rgb "#d0d7de" lw 1
set style fill solid 0.9 noborder

# 1
set title "connect + accept + close\n1 = bare"
set xrange [-0.5:3.5]
set yrange [0.98:1.06]
set xlabel "threads"
set format y "×%.2f"
set xtics ("1" 0, "2" 1, "4" 2, "8" 3)
place(threads) = log(threads) / log(2)
array modes[2] = ["blocking", "nonblocking"]
array colours[2] = [main, other]
set arrow 1 from graph 0, first 1.02 to graph 1, first 1.02 nohead dt 2 lc rgb grey
set label 1 "mark" at graph 1.01, first 1.02 left textcolor rgb ink font ",11"
plot for [i=1:2] has("connect-".modes[i].".dat") ? out."/connect-".modes[i].".dat" : "/dev/null" \
  using (place($1) + 0.12 * (i - 1.5)):2:3 with yerrorbars pt 7 ps 0.7 lw 1.5 \
  lc rgb colours[i] title modes[i] eq "blocking" ? "blocking" : "non-blocking"
unset arrow 1
unset label 1

# 2 and 3: a bar and its number for each line of a file.
unset key
set xlabel ""
set format y "×%.0f"
set yrange [0:*]
set offsets 0, 0, 0, 0
set boxwidth 0.6
set xtics rotate by -28 font ",11"
bar(name) = name eq "noself" || name eq "noself, fail" ? 0x0969da : 0x8c959f

set ytics 0,2
set title "what a library adds to a process start\n1 = an empty library"
file = out."/start.dat"
set xrange [-0.6:*]
if (has("start.dat")) {
  plot file using 0:2:(bar(strcol(1))):xtic(strcol(1) eq "an empty library, as gcc makes it" ? \
      "empty, by gcc" : strcol(1)) with boxes lc rgb variable, \
    file using 0:2:(sprintf("%.1f", $2)) with labels offset 0,0.7 textcolor rgb ink font ",11"
} else {
  set label 2 "not measured" at graph 0.5, graph 0.5 center
  plot [0:1] [0:1] NaN
  unset label 2
}

set ytics 0,1
set title "meeting oneself and getting out\n1 = a refused dial, bare"
file = out."/rare.dat"
set xrange [-0.6:*]
set yrange [0:*]
if (has("rare.dat")) {
  plot file using 0:2:(bar(strcol(1))):xtic(1) with boxes lc rgb variable, \
    file using 0:2:(sprintf("%.1f", $2)) with labels offset 0,0.7 textcolor rgb ink font ",11"
} else {
  set label 2 "not measured" at graph 0.5, graph 0.5 center
  plot [0:1] [0:1] NaN
}
unset multiplot
