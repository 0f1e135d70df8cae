#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# gotthard-region whose database is put back from a copy: endpoints miss no verdict; and a database of version 1. The
# engine is tests/region/engine.py. Prints TAP.

# shellcheck source=tests/unit/region.bash
. "$(dirname "$0")/region.bash" sqlite3 python3

start() { serve r --clamd "$work/engine.sock"; }
make_region r 1
start_engine 'reply stream: Bad FOUND'
judge() { echo "$1" >file && submit "$1" file; }
# listed: the digests after $cursor, which goes on
listed() {
	ask "/v1/verdicts${cursor:+?cursor=$cursor}" && is "$status" 200 >&2 && cursor=$(jq -r .cursor out) || return 1
	jq -r '.verdicts[]' out | sed -n 's/^digest: sha256://p' | sort >listed
}
lists() { listed && is "$(cat listed)" "$(for s; do cat "$s/digest" && echo; done | sort)"; }

start
judge a && judge b
cursor=''
ok "an endpoint takes what there is" lists a b
ok "a copy is made while the region serves" "$region" backup r copy.db
ok "not over a file that is there" eval "'$region' backup r copy.db; is \$? 1"
ok "it is for its owner alone" is "$(stat -c %a copy.db)" 600
judge c && judge d
ok "the endpoint takes what comes" lists c d
seen=$cursor
ok "a region that is served is not restored" eval "'$region' restore r copy.db 2>err; is \$? 1 && grep -q served err"
halt TERM
ok "nor from what is no copy" eval "head -c 5000 /dev/urandom >junk && ! '$region' restore r junk && [[ -e r/state.db && ! -e r/state.db.new ]]"
ok "it is restored" "$region" restore r copy.db
ok "what was there is kept" is "$(sqlite3 r/state.db.old 'SELECT count(*) FROM verdict')" 4
start
judge e && judge f
ok "the endpoint misses nothing: its cursor is of another database" lists a b e f
ok "and goes on from there" lists
halt TERM

# Not with the command, but with cp.
cp copy.db r/state.db
start
cursor=$seen
ok "a cursor ahead of the database is at the beginning" lists a b
judge g
ok "and goes on from there, too" lists g
halt TERM

# Version 1
sqlite3 r/state.db "DROP TRIGGER usage_made; DROP TRIGGER usage_whole; DROP TRIGGER usage_deleted; DROP TRIGGER usage_pruned;
	DROP TABLE usage; DROP TABLE journal; DROP INDEX submission_ended; DROP INDEX submission_turn; DROP INDEX submission_busy;
	CREATE INDEX submission_kept ON submission(endpoint, cipher_size) WHERE deletion IS NULL;
	ALTER TABLE endpoint DROP COLUMN serial; DELETE FROM meta WHERE name = 'clock'; PRAGMA user_version = 1"
start
ok "a database of version 1 is taken over" lists
used() { sqlite3 r/state.db "SELECT endpoint, open, bytes, awaiting, records > 2, notes > 1000 FROM usage ORDER BY endpoint"; }
ok "and counted" is "$(used)" $'|0|0|0|1|1\nhost-1|0|0|0|1|1'
ok "its endpoints come in" eval "judge h && lists h"
ok "it ends with status 0" halt TERM
sqlite3 r/state.db "PRAGMA user_version = 4"
ok "a later version is left alone" eval "! '$region' report r 2>err && grep -q 'another version' err"

plan
