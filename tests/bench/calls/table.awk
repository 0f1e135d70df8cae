# SPDX-License-Identifier: GPL-2.0-or-later
# Prints one kernel's figures as tables, and whether what is aimed at was reached.
#
# Each line: a call, and a figure for each of `watchers`, whose first is the plain kernel; empty: not measured.
# `inode`: bytes that Gotthard keeps with one.
BEGIN {
	columns = split(watchers, name, " ")
}
{
	call[NR] = $1
	for (c = 1; c <= columns; c++)
		n[$1, name[c]] = $(c + 1)
}

function heading(from,   c) {
	printf "%-30s", ""
	for (c = from; c <= columns; c++)
		printf " %12s", name[c]
	print ""
}
function more(what, who) { return n[what, who] - n[what, "plain"] }
function cell(what, who, sign) {
	if (n[what, who] == "")
		return "-"
	return sign ? sprintf("%+d", more(what, who)) : sprintf("%d", n[what, who])
}
function table(from, sign,   i, c) {
	heading(from)
	for (i = 1; i <= NR; i++) {
		printf "%-30s", call[i]
		for (c = from; c <= columns; c++)
			printf " %12s", cell(call[i], name[c], sign)
		print ""
	}
}

# aim(WHAT, FIGURE, UNIT, MOST): whether there is a figure of at most MOST
function aim(what, is, unit, most) {
	if (is == "")
		unit = ""
	printf "%-58s %9s%s, aim: at most %s%s%s\n", what ":", is == "" ? "-" : is, unit, most, unit,
		(is == "" || is + 0 > most + 0) ? "  MISSED" : ""
}
function ratio(a, b) { return a == "" || !b ? "" : sprintf("%.2f", a / b) }
function added(what) { return n[what, "gotthard"] == "" ? "" : more(what, "gotthard") }

# The cheapest of those that ask user space.
function asking(what,   c, asks, least) {
	split("fanotify fapolicyd clamonacc", asks, " ")
	for (c = 1; c in asks; c++)
		if (n[what, asks[c]] != "" && (least == "" || more(what, asks[c]) < more(what, least)))
			least = asks[c]
	return least
}

END {
	warm = "open, judged before"
	table(1, 0)
	print "\nmore than the plain kernel:"
	table(2, 1)
	print ""
	aim(warm ", added", added(warm), "", 400)
	free = split("mmap, read|open, /dev/null|open, directory|open, fifo", list, "|")
	for (i = 1; i <= free; i++)
		aim(list[i] ", added", added(list[i]), "", 220)
	aim("vfork, exec, wait, added", ratio(100 * added("vfork, exec, wait"), n["vfork, exec, wait", "plain"]), " %", 1)
	aim("first open, 1 MiB / sha256sum of it",
	    ratio(n["first open, 1 MiB", "gotthard"], n["sha256sum, 1 MiB", "plain"]), "", 0.6)
	verities = split("first open, fs-verity, 4 KiB|first open, fs-verity, 4 MiB", list, "|")
	for (i = 1; i <= verities; i++)
		aim(list[i] " / plain", ratio(n[list[i], "gotthard"], n[list[i], "plain"]), "", 1.5)
	if (n[list[1], "gotthard"] > 1.5 * n[list[1], "plain"])
		print "  (before Linux 6.12 a module cannot ask for the digest: content is hashed)"
	least = asking(warm)
	times = least == "" ? 0 : more(warm, least) / more(warm, "gotthard")
	printf "%-58s %9.1f, aim: at least 25%s\n", warm ", added by " least " / by Gotthard:", times,
		times < 25 ? "  MISSED" : ""
	printf "%-58s %9d\n", "bytes kept with a judged inode:", inode
}
