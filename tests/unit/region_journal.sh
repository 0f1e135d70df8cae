#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# gotthard-region and how far the journals of its endpoints have come: one that went back is logged and reported. Prints TAP.

# shellcheck source=tests/unit/region.bash
. "$(dirname "$0")/region.bash" sqlite3

make_region r 2
echo content >file
serve r --clamd "$work/none.sock"
# tells SIZE ROOT LATER: a submission that says so much of the journal of $who
n=0
tells() {
	n=$((n + 1))
	make_one "s$n" file --journal "$1" --root "$2" --later "$3" && puts 201 "s$n"
}
reported() { "$region" report r --json >json && jq -e "$1" json; }
log_lines() { is "$(grep -c 'was deleted, rolled back or written anew' serve.log)" "$1"; }

ok "a note of version 1 is taken" eval 'make_one old file && puts 201 old'
ok "and says nothing of a journal" eval "is \"\$(sqlite3 r/state.db 'SELECT count(*) FROM journal')\" 0"
ok "a first head is taken" tells 10 1 10
ok "a later one that grew is taken" tells 20 2 20
ok "one that was signed before and comes late is taken" tells 15 3 15
ok "the same one again is taken" tells 20 2 30
ok "nothing of it is reported" reported '."journals-back" == []'
ok "nor logged" log_lines 0
ok "one that comes less far later is taken, for the file is to be judged" tells 5 4 40
ok "and reported with its endpoint" \
	reported '."journals-back" | length == 1 and .[0].endpoint == "host-1" and .[0].from == 20 and .[0].to == 5 and .[0].times == 1'
ok "and logged" log_lines 1
ok "the report for people names it" eval "'$region' report r | grep -q 'journals *host-1 went back, 1 times; .* from 20 entries to 5'"
ok "what follows it is compared with it" tells 6 5 50
ok "and told once" reported '."journals-back"[0].times == 1'
ok "another root of the same size is taken" tells 6 6 45
ok "and reported" reported '."journals-back"[0] | .times == 2 and .from == 6 and .to == 6'
ok "and logged, too" log_lines 2
who=e2
ok "another endpoint has a journal of its own" tells 3 1 60
ok "that is not reported" reported '."journals-back" | length == 1'
# looks SIZE ROOT LATER: a look-up that says so much of the journal of $who
root_of() { for ((i = 0; i < 32; i++)); do printf %b "\\x0$1"; done | base64; }
asks() { ask "/v1/files/sha256:$(printf '0%.0s' {1..64})" "$@"; }
looks() { asks -H "Gotthard-Journal: size=$1, root=:$(root_of "$2"):, time=$(($(date +%s) + $3))" && is "$status" 404; }
known() { is "$(sqlite3 r/state.db "SELECT size FROM journal WHERE endpoint = 'host-2'")" "$1"; }
ok "a look-up that says nothing is answered" eval "asks && is \"\$status\" 404"
ok "one that says that it grew is noted" eval "looks 300 4 200 && known 300"
ok "one within the next minute is not" eval "looks 301 5 210 && known 300"
ok "one later is" eval "looks 302 5 261 && known 302"
ok "one that comes late is not reported" eval "looks 290 5 255 && reported '.\"journals-back\" | length == 1'"
ok "one that was made later and has fewer entries is answered" looks 250 6 262
ok "and reported, at once" reported '."journals-back" | length == 2 and .[1].endpoint == "host-2" and .[1].from == 302 and .[1].to == 250'
ok "and logged, too" log_lines 3
ok "what follows is compared with it" looks 251 6 263
ok "another that went back in the same minute is answered" looks 4 6 264
ok "and not logged again" log_lines 3
ok "a submission that says so is, whenever it comes" eval "tells 5 6 265 && log_lines 4"
ok "a field in another form is refused" eval "asks -H 'Gotthard-Journal: size=7' && is \"\$status\" 400"
ok "and so is one with a time that is too large" \
	eval "asks -H 'Gotthard-Journal: size=1, root=:$(root_of 1):, time=9999999999999999' && is \"\$status\" 400"
who=e1
ok "an endpoint that is removed takes what was known along" eval "'$region' remove r host-1 && reported '.\"journals-back\" | length == 1 and .[0].endpoint == \"host-2\"'"
ok "it ends with status 0" halt TERM

plan
