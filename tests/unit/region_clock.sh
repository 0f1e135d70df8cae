#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# gotthard-region on a machine whose clock jumps: nothing is deleted, and nothing signed, before its time; what an
# accepted clock dated wrongly is mended. The engine is tests/region/engine.py. Prints TAP.

# shellcheck source=tests/unit/region.bash
. "$(dirname "$0")/region.bash" gcc sqlite3 python3
gcc -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -shared -fPIC -o time.so "$top/tests/unit/preload/time.c"
export TIME_OFF=$work/off
day=86400

start() { LD_PRELOAD=$work/time.so serve r --clamd "$work/engine.sock" --records 300; }
# off DAYS: the machine's clock, from now on
off() { echo $(($1 * day)) >off.new && mv off.new off; }
clock() { LD_PRELOAD=$work/time.so "$region" clock "$@" r; }
doubts() { until grep -q "$1" serve.log; do sleep 0.1; done; }
# The keeper has looked twice since it was told so: whatever it wanted to do is done.
ticks() { sleep 2.5; }
issued() { sed -n 's/^issued: //p' r/statement; }
present() { local at; at=$(issued) && (((at - $(date +%s)) / day == $1)); }
untouched() {
	is "$(status_of a)" awaiting-upload && ask "/v1/submissions/$(cat a/id)" -I && is "$(field Upload-Offset)" 100 &&
		is "$(status_of b)" completed && ask "/v1/files/sha256:$(cat b/digest)" && is "$status" 200 &&
		ask /v1/verdicts && is "$(jq '.verdicts | length' out)" 1 && present 0
}

off 0
LD_PRELOAD=$work/time.so make_region r 1
start_engine 'reply stream: OK'
start
echo file >file
make_one a file && puts 201 a && head -c 100 a/cipher >part && patches 204 a 0 0 part
submit b file
ok "at its own time" untouched
ok "the clock is believed" clock
halt TERM

off 400
start
doubts 'clock --accept'
ticks
ok "started 400 days ahead, nothing is deleted or dated ahead" untouched
ok "report says so" is "$(LD_PRELOAD=$work/time.so "$region" report r --json | jq -r .clock)" "in doubt"
ok "and so does the command, with status 1" eval "clock >clock.out; is \$? 1 && grep -q 'in doubt' clock.out"
echo more >file2
ok "it serves as before" eval "submit c file2 && is \"\$(found c)\" 'benign none'"
off 0
doubts 'believed again'
ok "a clock that is set right is believed" clock
: >serve.log
off 400
doubts 'clock --accept'
ticks
ok "a clock that jumps while it serves changes nothing either" eval "ask /v1/verdicts && is \"\$(jq '.verdicts | length' out)\" 2 && is \"\$(status_of a)\" awaiting-upload && present 0"
: >serve.log
off -400
ticks
ok "nor one that goes back" eval "ask /v1/verdicts && is \"\$(jq '.verdicts | length' out)\" 2 && is \"\$(status_of a)\" awaiting-upload && present 0"
off 1
ok "a day is no jump" clock
off 400
halt TERM
: >serve.log
start
doubts 'clock --accept'

# Its operator says that it is right, and was wrong.
ok "an accepted clock is gone by" clock --accept
doubts 'believed again'
gone() { until [[ $(ask "/v1/submissions/$(cat a/id)" && echo "$status") == 404 || $(status_of a) == expired ]]; do sleep 0.1; done; }
ok "what is over by it is deleted" gone
ahead() { until present 400 || present 399; do sleep 0.1; done; }
ok "and the statement is of its time" ahead
sqlite3 r/state.db "PRAGMA busy_timeout = 5000" "UPDATE verdict SET issued = issued + 400 * $day" >busy.log
off 0
halt TERM
: >serve.log
start
doubts 'clock --accept'
ok "set right, it is in doubt again" eval "clock; is \$? 1"
ok "until it is accepted" clock --accept
doubts 'believed again'
ok "then the statement is of today" present 0
ok "and endpoints take it" eval "ask /v1/region && cp out statement && echo new >new && submit d new && is \"\$(found d)\" 'benign none'"
ok "verdicts from the future are gone" eval "ask /v1/verdicts && is \"\$(jq '.verdicts | length' out)\" 1"
ok "it ends with status 0" halt

plan
