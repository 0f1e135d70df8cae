#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# gotthard-region and how far the journals of its endpoints have come: one that went back is logged and reported. Prints TAP.
set -uo pipefail
export LC_ALL=C

top=$(cd "$(dirname "$0")/../.." && pwd)
region=$(realpath "${REGION:-$top/build/gotthard-region}")
for tool in curl jq sqlite3; do
	command -v "$tool" >/dev/null || { echo "1..0 # SKIP $tool is missing" && exit 0; }
done

work=$(mktemp -d)
cd "$work" || exit 1
cleanup() {
	[[ -z $server ]] || { kill -KILL "$server" && wait "$server"; } 2>/dev/null
	rm -rf "$work"
}
trap cleanup EXIT

# shellcheck source=tests/unit/tap.bash
. "$top/tests/unit/tap.bash"
# shellcheck source=tests/region/client.bash
. "$top/tests/region/client.bash"

"$region" init r --region ch-1 --country CH --url https://localhost:8443 --serves AT
for i in 1 2; do "$region" enrol r "host-$i" "e$i"; done
cp r/statement .
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
who=e1
ok "an endpoint that is removed takes what was known along" eval "'$region' remove r host-1 && reported '.\"journals-back\" == []'"
ok "it ends with status 0" halt TERM

plan
