#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# gotthardctl submissions: the list has a header and short digests, and the beginning of a digest names it. Prints TAP.

# shellcheck source=tests/unit/work.bash
. "$(dirname "$0")/work.bash" gotthardctl sqlite3

zeros=00000000000000000000000000000000000000000000000
mkdir state
printf '[endpoint]\nstate = %s\n' "$work/state" >conf
sqlite3 state/store.db "
	CREATE TABLE submission (digest BLOB PRIMARY KEY, id TEXT, state INT, class INT, size INT, type TEXT, path BLOB,
		cipher_size INT, offset INT, reason INT, waits INT, detail TEXT, finding INT, created INT, changed INT);
	CREATE TABLE proof (id TEXT, kind INT, note TEXT);
	INSERT INTO submission VALUES (x'abcdef0123456789a$zeros', 'one', 0, 1, 2, '', '/one', 0, 0, 0, 0, '', 0, 1, 1);
	INSERT INTO submission VALUES (x'abcdef0123456789b$zeros', 'two', 0, 1, 2, '', '/two', 0, 0, 0, 0, '', 0, 1, 1);
	INSERT INTO submission VALUES (x'1bcdef0123456789b$zeros', '', 0, 1, 2, '', '/three', 0, 0, 0, 0, '', 0, 1, 1);"

exits() { # STATUS ARGUMENT...
	local status=0
	gotthardctl submissions "${@:2}" --config=conf >out 2>err || status=$?
	[[ $status == "$1" ]]
}
shows() { exits 0 show "$1" && grep -qE "^path +$2\$" out; }
refuses() { exits 1 show "$1" && [[ ! -s out ]]; }

ok lists exits 0 list
has_header() { [[ $(head -n 1 out) == "ID "*" SHA-256 "*" CHANGED "*" STATE "*" REMARK "*" PATH" ]]; }
ok list_has_a_header has_header
ok list_has_twelve_digits grep -qE '^one +abcdef012345  1970-01-01T00:00:01Z ' out
ok lists_whole_digests exits 0 list --no-trunc
ok list_then_has_all_digits grep -q " abcdef0123456789a$zeros " out
ok an_id_names_it shows two /two
ok a_digest_names_it shows "abcdef0123456789b$zeros" /two
ok eight_digits_name_it shows 1bcdef01 /three
ok capitals_are_the_same shows sha256:1BCDEF01 /three
ok seventeen_digits_tell_two_apart shows abcdef0123456789a /one
ok seven_digits_are_too_few refuses 1bcdef0
ok what_names_two_is_refused refuses abcdef01
both() { grep -q "abcdef0123456789a$zeros /one" err && grep -q "abcdef0123456789b$zeros /two" err; }
ok both_are_listed both
ok what_is_no_digest_is_refused refuses abcdef0123456789z

plan
