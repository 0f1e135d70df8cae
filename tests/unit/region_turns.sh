#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# gotthard-region and an endpoint that sends more than its share: others have their turn. The engine is
# tests/region/engine.py. Prints TAP.

# shellcheck source=tests/unit/region.bash
. "$(dirname "$0")/region.bash" sqlite3 python3

start() { serve r --clamd "$work/engine.sock" "$@"; }
make_region r 3
start_engine "wait $work/go"
# sends ENDPOINT N: files of an endpoint
sends() {
	local i
	who=$1
	for ((i = 0; i < $2; i++)); do echo "$1 $i" >file && send "$1-$i" file || return 1; done
	who=e1
}
in_progress() { until [[ $(status_of "$1") == in-progress ]]; do sleep 0.05; done; }
# order: whose file was judged, in order
order() {
	sqlite3 r/state.db "SELECT substr(s.endpoint, 6) FROM verdict v JOIN submission s ON s.digest = v.digest ORDER BY v.seq" | tr -d '\n'
}

start --analysers 1
sends e1 8
in_progress e1-0
sends e2 1
sends e3 2
touch go
all() { until [[ $(order | wc -c) == 11 ]]; do sleep 0.1; done; }
ok "all are judged" all
ok "the others come when the file that was there first is done" eval "[[ \$(order) == 1[23][23]* ]]"
ok "and again before one that took longer" eval "[[ \$(order) =~ ^1(233|323)1 ]]"
halt TERM

rm go
echo "hang $work/go" >deed
start --analysers 2
for i in 1 2 3; do echo "HANG $i" >file && send "h$i" file; done
in_progress h1
who=e2 && echo quick >file && send q file
ok "slow files of one endpoint do not take all analysers" eval "await q && is \"\$(found q)\" 'benign none'"
who=e1
ok "they are still there" is "$(status_of h1)" in-progress
ok "and no more than they may" is "$(sqlite3 r/state.db 'SELECT count(*) FROM submission WHERE status = 2')" 1

# Requests that wait for one submission
curl -sS --cacert e1/ca.pem --cert e1/client.pem --key e1/client.key -o waited \
	"https://localhost:$port/v1/submissions/$(cat h1/id)?wait=30" &
waiter=$!
touch go
wait "$waiter"
ok "a waiter is told when its file is judged" is "$(jq -r .status waited)" completed
ok "the rest is judged, too" eval "await h2 && await h3"
ok "it ends with status 0" halt TERM

plan
